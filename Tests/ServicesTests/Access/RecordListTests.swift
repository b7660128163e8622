import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

@testable import Services

/// The matrix of ``OwnForeignMatrixTests`` for what names no record: a list is judged by what is in it, a stream by what
/// it tells once the record has changed.
@Suite("Access to lists and streams by role and whose record it is", .timeLimit(.minutes(5)))
struct RecordListTests {
  /// What a call has told: nil for one that was denied whole.
  private typealias Answer = [UInt8]?

  /// The name of the record that must be in what the method lists or tells of.
  private static func record(_ scene: RecordScene, _ method: DescribedMethod) throws -> String {
    guard MethodPart(method) == .watch else {
      let rule = try #require(try method.listed(FieldRules()))
      let pattern = try #require(rule.resources.first).joined(separator: "/")
      return try #require(scene.names[pattern], "\(method.name)")
    }
    return switch method.descriptor.method {
    case "WatchRegistrations": "registrations/\(scene.registration)"
    case "WatchAppointments": "appointments/\(scene.appointment)"
    default: "referrals/\(scene.referral)"
    }
  }

  private static func holds(_ answer: [UInt8], _ name: String) -> Bool {
    String(decoding: answer, as: UTF8.self).contains(name)
  }

  @Test("a list has every record that its caller reaches, and no other", arguments: [false, true])
  func lists(isNarrowed: Bool) async throws {
    let subjects = try SchemaText().subjects
    let scene = try await RecordScene()
    var counts = [true: 0, false: 0]
    for method in try SchemaText().methods where MethodPart(method) == .list {
      let request = try scene.request(of: method, isNarrowed: isNarrowed)
      #expect(throws: Never.self) { try scene.check(request, of: method, try RequestValidator()) }
      let name = try Self.record(scene, method)
      for role in OwnForeignMatrixTests.roles {
        for side in RecordScene.Side.allCases {
          let answer = try await Self.list(method, request, scene, role, side)
          let cell: Comment = "\(method.name) as \(role.name) on \(side)"
          // Who may call it gets a list, were it an empty one; only of a case that is named it may be denied.
          let mayCall = OwnForeignMatrixTests.mayCall(method, role)
          #expect(answer == nil ? !mayCall || isNarrowed : mayCall, cell)
          let reaches = OwnForeignMatrixTests.reaches(
            method, role, side, subjects[method.name] ?? [])
          #expect(answer.map { Self.holds($0, name) } ?? false == reaches, cell)
          counts[reaches, default: 0] += 1
        }
      }
    }
    #expect(counts.values.allSatisfy { $0 > 40 }, "\(counts)")
  }

  private static func list(
    _ method: DescribedMethod, _ request: [UInt8], _ scene: RecordScene, _ role: Role,
    _ side: RecordScene.Side
  ) async throws -> Answer {
    do throws(RPCError) {
      let answer = try await scene.world.transport.unary(
        method.descriptor, request: request,
        metadata: scene.caller(role, side, on: method).metadata, options: CallOptions())
      return answer.message
    } catch {
      #expect(Refused(error)?.reason == "ACCESS_DENIED", "\(method.name): \(error)")
      return nil
    }
  }

  @Test("a stream tells of every change of what its caller reaches, and of no other")
  func watches() async throws {
    let subjects = try SchemaText().subjects
    var limits = WatchCase.limits
    limits.bookmarkInterval = .milliseconds(40)
    let scene = try await RecordScene(watching: limits)
    var counts = [true: 0, false: 0]
    for method in try SchemaText().methods where MethodPart(method) == .watch {
      let name = try Self.record(scene, method)
      for role in OwnForeignMatrixTests.roles {
        for side in RecordScene.Side.allCases {
          let cell: Comment = "\(method.name) as \(role.name) on \(side)"
          let told = try await Self.watch(method, for: name, scene, role, side)
          #expect((told == nil) == !OwnForeignMatrixTests.mayCall(method, role), cell)
          let reaches = OwnForeignMatrixTests.reaches(
            method, role, side, subjects[method.name] ?? [])
          #expect(told ?? false == reaches, cell)
          counts[reaches, default: 0] += 1
        }
      }
    }
    #expect(counts.values.allSatisfy { $0 > 20 }, "\(counts)")
  }

  /// Opens a stream, has everything change, and reads on until it tells of the record or has told of all there was.
  ///
  /// - Returns: whether it has told of it; nil for a stream that was denied
  private static func watch(
    _ method: DescribedMethod, for name: String, _ scene: RecordScene, _ role: Role,
    _ side: RecordScene.Side
  ) async throws -> Bool? {
    let caller = scene.caller(role, side, on: method)
    let token = try await token(for: method, caller)
    let descriptor = try #require(
      scene.world.router.methods.first { $0.fullName == method.name })
    let isExchange = descriptor.kind == .bidirectionalStreaming
    let stream = scene.world.transport.open(
      descriptor, request: isExchange ? nil : try request(method, token),
      metadata: caller.metadata, options: CallOptions())
    defer { stream.cancel() }
    do throws(RPCError) {
      if isExchange {
        let hello = SafeMobility.ExchangeRequest.with { $0.message = .hello(.init()) }
        // One who is denied may be told so before this is written; reading says why.
        if let bytes = try? hello.serializedBytes() {
          do { try await stream.write(bytes, compressed: nil) } catch {}
        }
      }
      _ = try await stream.metadata()
    } catch {
      #expect(Refused(error)?.reason == "ACCESS_DENIED", "\(method.name): \(error)")
      return nil
    }
    try await scene.changeAll()
    // The second bookmark from now on comes after a look at that change.
    var bookmarkCount = 0
    while bookmarkCount < 2 {
      let bytes = try #require(try await stream.next())
      if holds(bytes, name) { return true }
      let item = try method.output.init(serializedBytes: bytes).jsonString()
      if item.contains("\"bookmark\"") { bookmarkCount += 1 }
    }
    return false
  }

  private static func request(_ method: DescribedMethod, _ token: String) throws -> [UInt8] {
    try method.input.init(jsonString: "{\"resumeToken\": \"\(token)\"}").serializedBytes()
  }

  /// Where a list ends that the caller may ask for; of another caller's, none that is good.
  private static func token(
    for method: DescribedMethod, _ caller: WorldCaller
  ) async throws -> String {
    do throws(RPCError) {
      return switch method.descriptor.method {
      case "WatchRegistrations":
        try await caller.applicants.listRegistrations(.init()).resumeToken
      case "WatchAppointments":
        try await caller.appointments.listAppointments(.init()).resumeToken
      default: try await caller.referrals.listReferrals(.init()).resumeToken
      }
    } catch {
      return ""
    }
  }
}
