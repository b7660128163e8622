import Domain
import Protobuf
import RPCCore
import RPCPolicy
import SafeMobilityAPI
import SafeMobilityClient
import ServiceFixture
import Services
import Testing

/// The client library's exchange over the services themselves, with streams that break.
@Suite("The client's exchange", .timeLimit(.minutes(1)))
struct ClientExchangeTests {
  /// - Parameter itemCount: after how many messages each stream breaks; nil for never
  private static func client(
    _ watched: WatchCase, cutAfter itemCount: Int?
  ) throws -> SafeMobilityClient {
    var configuration = SafeMobilityClient.Configuration()
    if let itemCount {
      configuration.interceptors = [ClientWatchTests.Cutter(itemCount: itemCount)]
    }
    configuration.watchBackoff = Backoff(
      initial: .milliseconds(1), multiplier: 1, max: .milliseconds(1))
    configuration.backoff = configuration.watchBackoff
    return try SafeMobilityClient(
      transport: watched.world.transport,
      identity: DevelopmentIdentity("us-rsc/PARTNER_OFFICER"), purpose: .resettlement,
      endUser: "the us-rsc/PARTNER_OFFICER", configuration: configuration)
  }

  @Test(
    "works a referral off, each step once, over streams that break after a few messages",
    arguments: World.StoreKind.allCases, [nil, 4, 6])
  func road(_ kind: World.StoreKind, _ itemCount: Int?) async throws {
    let watched = try await WatchCase(kind)
    let sent = try await watched.scene.sent()
    let client = try Self.client(watched, cutAfter: itemCount)
    let (told, token) = try await client.exchange(maxInFlight: 2) { exchange in
      var told: [String] = []
      var token = ""
      for try await event in exchange.events {
        switch event {
        case .begins: told.append("begins")
        case .work(let work):
          told.append(work.status?.state ?? "")
          exchange.acknowledge(work)
          let referral = try #require(work.referral)
          switch referral.state {
          case .sent:
            #expect(work.record != nil)
            _ = try await exchange.acknowledgeReferral(.init(receiving: referral))
          case .received: _ = try await exchange.acceptReferral(.init(accepting: referral))
          case .accepted:
            let request = SafeMobility.AdvanceReferralRequest.with {
              $0.name = referral.name
              $0.etag = referral.etag
            }
            #expect(try await exchange.advanceReferral(request).state == .inProcess)
          default: break
          }
        case .stored(let resumeToken):
          token = resumeToken
          if told.count == 5 { return (told, token) }
        }
      }
      return (told, token)
    }
    let states = ["SENT", "RECEIVED", "ACCEPTED", "IN_PROCESS"].map { "REFERRAL_STATE_\($0)" }
    #expect(told == ["begins"] + states)
    #expect(try await watched.world.events(of: .referral, sent.uid).count == 5)
    // A later one goes on there.
    try await client.exchange(from: token) { exchange in
      let last = try await watched.rsc.referrals.getReferral(.with { $0.name = sent.name })
      let request = SafeMobility.RequestWithdrawalRequest(of: try #require(last.referral))
      _ = try await watched.caseworker.referrals.requestWithdrawal(request)
      for try await event in exchange.events {
        if case .work(let work) = event, work.referral?.state == .withdrawalRequested { return }
      }
    }
  }

  @Test("commands of many tasks are each answered with their own result")
  func manyTasks() async throws {
    let watched = try await WatchCase()
    let sent = try await watched.scene.sent()
    let client = try Self.client(watched, cutAfter: 4)
    let outcomes = try await client.exchange { exchange in
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for index in 0..<12 {
          group.addTask {
            guard index % 2 == 0 else {
              let request = SafeMobility.AcknowledgeReferralRequest(receiving: sent)
              return (try? await exchange.acknowledgeReferral(request)) != nil
            }
            do {
              _ = try await exchange.advanceReferral(.with { $0.name = "referrals/none" })
              return true
            } catch {
              guard case .fieldInvalid(let failure) = SafeMobilityError(error) else { return true }
              #expect(failure.metadata["pasarela-audit-entry"] != nil)
              return false
            }
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
    }
    // Of six that want to receive it one does; nobody gets what another has asked for.
    #expect(outcomes.filter { $0 }.count == 1)
  }

  @Test("what going on would not help ends it: the reading, and the commands")
  func refused() async throws {
    let watched = try await WatchCase()
    let client = try SafeMobilityClient(
      transport: watched.world.transport, identity: DevelopmentIdentity("unhcr/CASEWORKER"),
      purpose: .processing, endUser: "ana")
    try await client.exchange(from: "00") { exchange in
      await #expect(throws: RPCError.self) {
        for try await _ in exchange.events {}
      }
      do throws(RPCError) {
        _ = try await exchange.advanceReferral(.with { $0.name = "referrals/none" })
        Issue.record("a command was done")
      } catch {
        #expect(error.code == .permissionDenied)
      }
    }
  }

  @Test("a command that has no result in time says so, and is made no more")
  func patience() async throws {
    let watched = try await WatchCase()
    var configuration = SafeMobilityClient.Configuration()
    configuration.patience = .milliseconds(50)
    // Every stream ends before its first message.
    configuration.interceptors = [ClientWatchTests.Cutter(itemCount: 0)]
    configuration.watchBackoff = Backoff(
      initial: .milliseconds(1), multiplier: 1, max: .milliseconds(1))
    let client = try SafeMobilityClient(
      transport: watched.world.transport,
      identity: DevelopmentIdentity("us-rsc/PARTNER_OFFICER"), purpose: .resettlement,
      configuration: configuration)
    try await client.exchange { exchange in
      do throws(RPCError) {
        _ = try await exchange.advanceReferral(.with { $0.name = "referrals/none" })
        Issue.record("a command was done")
      } catch {
        #expect(error.code == .deadlineExceeded)
      }
    }
  }

  @Test("its end cancels the reading, the commands and the stream")
  func cancelled() async throws {
    let watched = try await WatchCase()
    let client = try Self.client(watched, cutAfter: nil)
    let exchange = Task {
      try await client.exchange { exchange in
        for try await _ in exchange.events {}
        return true
      }
    }
    while watched.world.desk.watcherCount == 0 { try await Task.sleep(for: .milliseconds(1)) }
    exchange.cancel()
    #expect(try await exchange.value)
    while watched.world.desk.watcherCount > 0 { try await Task.sleep(for: .milliseconds(1)) }
  }
}
