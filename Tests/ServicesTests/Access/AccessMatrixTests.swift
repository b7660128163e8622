import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Testing

/// One method as the schema describes it, read here once more and not by the code under test.
struct DescribedMethod: Sendable, CustomTestStringConvertible {
  var descriptor: MethodDescriptor
  var access: SafeMobility.AccessRule
  var isStreaming: Bool

  var testDescription: String { descriptor.fullName }

  static func all() throws -> [DescribedMethod] {
    var methods: [DescribedMethod] = []
    for file in SafeMobility.fileDescriptors {
      let proto = try GoogleProtobuf.FileDescriptorProto(serializedBytes: file.serializedBytes)
      for service in proto.service {
        for method in service.method {
          let access = try #require(
            try method.options?.unknownFields.message(50001, as: SafeMobility.AccessRule.self))
          let isStreaming = (method.clientStreaming ?? false) || (method.serverStreaming ?? false)
          methods.append(
            DescribedMethod(
              descriptor: MethodDescriptor(
                service: "\(file.package).\(service.name ?? "")", method: method.name ?? "",
                kind: .unary),
              access: access, isStreaming: isStreaming))
        }
      }
    }
    return methods
  }
}

@Suite("Access by method, role and purpose")
struct AccessMatrixTests {
  /// What the access check makes of a call.
  enum Outcome: Equatable {
    case unauthenticated
    case refused(String)
    /// The handler was asked; what it says of an empty request is another matter.
    case passed
  }

  static func outcome(of error: RPCError) -> Outcome {
    if error.code == .unauthenticated { return .unauthenticated }
    switch Refused(error)?.reason {
    case "PURPOSE_REQUIRED"?: return .refused("PURPOSE_REQUIRED")
    case "ACCESS_DENIED"?: return .refused("ACCESS_DENIED")
    default: return .passed
    }
  }

  static func expected(
    _ access: SafeMobility.AccessRule, role: Role?, purpose: Purpose?
  ) -> Outcome {
    if role == .system || role == .anonymous { return .unauthenticated }
    if access.anonymous { return .passed }
    guard let role else { return .unauthenticated }
    guard let purpose else { return .refused("PURPOSE_REQUIRED") }
    let admitted = access.roles + (access.twoPerson?.approverRoles ?? [])
    guard admitted.contains(where: { Int($0.rawValue) == role.rawValue }) else {
      return .refused("ACCESS_DENIED")
    }
    let fits = access.purposes.contains { Int($0.rawValue) == purpose.rawValue }
    return access.purposes.isEmpty || fits ? .passed : .refused("ACCESS_DENIED")
  }

  static func call(
    _ world: World, _ method: DescribedMethod, role: Role?, purpose: Purpose?
  ) async throws -> Outcome {
    var metadata = Metadata()
    if let role { try metadata.set("pasarela-dev-identity", "unhcr/\(role.name)") }
    if let purpose { try metadata.set("pasarela-purpose", purpose.name) }
    do throws(RPCError) {
      _ = try await world.transport.unary(
        method.descriptor, request: [], metadata: metadata, options: CallOptions())
      return .passed
    } catch {
      return outcome(of: error)
    }
  }

  @Test("every method admits exactly the roles and purposes its annotation names")
  func matrix() async throws {
    let world = try await World()
    let methods = try DescribedMethod.all().filter { !$0.isStreaming }
    #expect(methods.count > 80)
    let roles: [Role?] = [nil] + Role.allCases
    var passedCount = 0
    for method in methods {
      // None, one of the method's own, and one that is not.
      let own = Purpose.allCases.first { purpose in
        method.access.purposes.contains { Int($0.rawValue) == purpose.rawValue }
      }
      let other = Purpose.allCases.last { purpose in
        !method.access.purposes.contains { Int($0.rawValue) == purpose.rawValue }
      }
      let purposes: [Purpose?] = own == nil ? [nil, .processing] : [nil, own, other]
      for role in roles {
        for purpose in purposes {
          let outcome = try await Self.call(world, method, role: role, purpose: purpose)
          let expected = Self.expected(method.access, role: role, purpose: purpose)
          if outcome == .passed { passedCount += 1 }
          #expect(
            outcome == expected,
            "\(method.descriptor.fullName) as \(role?.name ?? "-") for \(purpose?.name ?? "-")")
        }
      }
    }
    // A matrix in which nobody passes, or nobody is refused, tests nothing.
    #expect(passedCount > 500)
  }

  @Test("a refusal is in the log, with its reason, when it is answered")
  func denialIsLogged() async throws {
    let world = try await World()
    let before = try await world.auditCount()
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await world.caller("unhcr/SCREENER").programs.startPilot(.init())
    }
    #expect(try await world.auditCount() == before + 1)
    let entry = try #require(try await world.lastAuditEntries().last)
    #expect(entry.verdict == .deny)
    #expect(entry.role == .screener)
    #expect(entry.method == "safemobility.v1.ProgramService/StartPilot")
    #expect(entry.internalReason?.hasPrefix("ACCESS_DENIED") == true)
  }

  @Test(
    "an identity in a wrong form is refused, not taken for none",
    arguments: [
      "unhcr", "unhcr/", "/SCREENER", "unhcr/screener", "UNHCR/SCREENER", "unhcr/SCREENER/x",
      "unhcr/KING", "unhcr/SYSTEM",
    ])
  func wrongIdentity(_ identity: String) async throws {
    let world = try await World()
    do {
      _ = try await world.caller(identity).programs.getProgram(
        .with { $0.name = ProgramDeskTests.name })
      Issue.record("\(identity) was let in")
    } catch {
      #expect(error.code == .unauthenticated)
    }
  }
}
