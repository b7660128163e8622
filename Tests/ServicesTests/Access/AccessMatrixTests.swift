import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Testing

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

  /// What the door makes of a caller. It lets in whoever may be one of the two persons of a move;
  /// which of the two is settled with the move: see ``TwoPersonMatrixTests``.
  static func expected(_ method: DescribedMethod, role: Role?, purpose: Purpose?) -> Outcome {
    if role == .system || role == .anonymous { return .unauthenticated }
    if method.isAnonymous { return .passed }
    guard let role else { return .unauthenticated }
    guard let purpose else { return .refused("PURPOSE_REQUIRED") }
    guard method.firstPersons.union(method.secondPersons).contains(role.name) else {
      return .refused("ACCESS_DENIED")
    }
    let impersonal = ["PROGRAM_ADMINISTRATION", "OVERSIGHT", "REPORTING"]
    let fits =
      method.purposes.isEmpty
      ? !method.isPersonal || !impersonal.contains(purpose.name)
      : method.purposes.contains(purpose.name)
    return fits ? .passed : .refused("ACCESS_DENIED")
  }

  static func call(
    _ world: World, _ method: DescribedMethod, role: Role?, purpose: Purpose?
  ) async throws -> Outcome {
    var metadata = Metadata()
    if let role { try metadata.set("pasarela-dev-identity", "unhcr/\(role.name)") }
    if let purpose { try metadata.set("pasarela-purpose", purpose.name) }
    try metadata.set("pasarela-end-user", "ana")
    let served = world.router.methods.first { $0.fullName == method.name }
    let descriptor = try #require(served, "\(method.name)")
    #expect((descriptor.kind != .unary) == method.isStreaming, "\(method.name)")
    do throws(RPCError) {
      if method.isStreaming {
        try await open(world, descriptor, metadata)
      } else {
        _ = try await world.transport.unary(
          descriptor, request: [], metadata: metadata, options: CallOptions())
      }
      return .passed
    } catch {
      return outcome(of: error)
    }
  }

  /// Opens a stream with an empty request, or with none where there may be many, and reads what comes first.
  private static func open(
    _ world: World, _ method: MethodDescriptor, _ metadata: Metadata
  ) async throws(RPCError) {
    let stream = world.transport.open(
      method, request: method.kind.hasOneRequest ? [] : nil, metadata: metadata,
      options: CallOptions())
    defer { stream.cancel() }
    if !method.kind.hasOneRequest { stream.finish() }
    _ = try await stream.next()
  }

  @Test("the schema's text, read here, and the compiled schema name the same methods and roles")
  func text() throws {
    let text = try SchemaText()
    let compiled = try SafeMobility.fileDescriptors.flatMap { file in
      try GoogleProtobuf.FileDescriptorProto(serializedBytes: file.serializedBytes).service
        .flatMap { service in
          service.method.map { "\(file.package).\(service.name ?? "")/\($0.name ?? "")" }
        }
    }
    #expect(text.methods.map(\.name).sorted() == compiled.sorted())
    #expect(
      text.values(of: "Role", prefix: "ROLE_").subtracting(["UNSPECIFIED"])
        == Set(Role.allCases.map(\.name)))
    #expect(
      text.values(of: "Purpose", prefix: "PURPOSE_").subtracting(["UNSPECIFIED"])
        == Set(Purpose.allCases.map(\.name)))
    for method in text.methods {
      #expect(method.isAnonymous == method.roles.isEmpty, "\(method.name)")
    }
  }

  @Test("every method admits exactly the roles and purposes its annotation names")
  func matrix() async throws {
    let world = try await World()
    try await world.permitEverything(to: .unhcr)
    let methods = try SchemaText().methods
    #expect(methods.count > 80)
    #expect(methods.filter(\.isStreaming).count > 5)
    let roles: [Role?] = [nil] + Role.allCases
    var counts: [String: Int] = [:]
    for method in methods {
      let purposes: [Purpose?] =
        method.purposes.isEmpty
        ? [nil, .processing, .reporting] : [nil] + Purpose.allCases
      for role in roles {
        for purpose in purposes {
          let outcome = try await Self.call(world, method, role: role, purpose: purpose)
          let expected = Self.expected(method, role: role, purpose: purpose)
          counts["\(outcome)", default: 0] += 1
          #expect(
            outcome == expected,
            "\(method.name) as \(role?.name ?? "-") for \(purpose?.name ?? "-")")
        }
      }
    }
    // A matrix in which nobody passes, or nobody is refused, tests nothing.
    #expect(counts.count == 4)
    #expect(counts.values.allSatisfy { $0 > 200 }, "\(counts)")
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
