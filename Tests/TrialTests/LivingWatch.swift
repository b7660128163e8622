import Domain
import Protobuf
import RPCCore
import RPCTransportHTTP2
import SafeMobilityAPI
import SafeMobilityClient
import Synchronization
import Trials

/// Somebody who watches one kind of records through all lives of a server: after each death from the token of the last
/// item that came.
final class LivingWatch: Sendable {
  /// One item of a stream, whatever it is of.
  private struct Item {
    var change: (number: Int64, status: SafeMobility.StatusEvent)?
    var isReset = false
    var token: String
  }

  private struct State {
    var token = ""
    var told: [WatchedReferrals.Told] = []
    var lastNumber: Int64 = 0
    var lifeCount = 0
    var failures: [String] = []

    mutating func take(_ item: Item) {
      if item.isReset { failures.append("a reset") }
      token = item.token
      guard let (number, status) = item.change else { return }
      // Without a gap and without a repetition, over every death.
      if number != lastNumber + 1 { failures.append("\(number) after \(lastNumber)") }
      lastNumber = number
      told.append(WatchedReferrals.Told(status))
    }
  }

  /// What is watched.
  let kind: AggregateKind
  private let list: @Sendable (RPCClient) async throws -> String
  private let open: @Sendable (RPCClient, String) -> any AsyncSequence<Item, any Error>
  private let state = Mutex(State())

  /// What it was told of, in the order of telling.
  var told: [WatchedReferrals.Told] { state.withLock { $0.told } }
  /// In how many lives it was told of something.
  var lifeCount: Int { state.withLock { $0.lifeCount } }
  /// Gaps, repetitions, and ends that no death explains.
  var failures: [String] { state.withLock { $0.failures } }

  private init<Response: WatchResponse>(
    _ kind: AggregateKind, list: @escaping @Sendable (RPCClient) async throws -> String,
    open: @escaping @Sendable (RPCClient, String) -> ServerStreamingCall<Response>
  ) where Response.Change: NumberedChange {
    self.kind = kind
    self.list = list
    self.open = { client, token in
      open(client, token).map { response in
        switch response.watchItem {
        case .change(let change, _):
          Item(change: (change.eventNo, change.status ?? .init()), token: response.resumeToken)
        case .bookmark: Item(token: response.resumeToken)
        case .reset, .unknown: Item(isReset: true, token: response.resumeToken)
        }
      }
    }
  }

  /// One of each kind.
  static func all() -> [LivingWatch] {
    [
      LivingWatch(.registration) {
        try await SafeMobility.ApplicantServiceClient($0).listRegistrations(
          .with { $0.pageSize = 1_000 }
        ).resumeToken
      } open: { client, token in
        SafeMobility.ApplicantServiceClient(client).watchRegistrations(
          .with { $0.resumeToken = token })
      },
      LivingWatch(.appointment) {
        try await SafeMobility.AppointmentServiceClient($0).listAppointments(.init()).resumeToken
      } open: { client, token in
        SafeMobility.AppointmentServiceClient(client).watchAppointments(
          .with { $0.resumeToken = token })
      },
      LivingWatch(.referral) {
        try await SafeMobility.ReferralServiceClient($0).listReferrals(.init()).resumeToken
      } open: { client, token in
        SafeMobility.ReferralServiceClient(client).watchReferrals(.with { $0.resumeToken = token })
      },
      LivingWatch(.slot) {
        try await SafeMobility.OfficeServiceClient($0).listSlots(
          .with { $0.parent = office }
        ).resumeToken
      } open: { client, token in
        SafeMobility.OfficeServiceClient(client).watchSlots(
          .with { ($0.parent, $0.resumeToken) = (office, token) })
      },
    ]
  }

  /// The office whose slots are watched.
  static let office = "offices/\(officeID)"
  static let officeID = "gt-xel-01"

  /// Finds out where to begin.
  func begin(_ channel: HTTP2Channel) async throws {
    let token = try await list(client(channel))
    state.withLock { $0.token = token }
  }

  /// Watches until the server is gone, or until it has been told of so many changes in all.
  func live(over channel: HTTP2Channel, until count: Int = .max) async {
    let token = state.withLock { $0.token }
    let before = told.count
    if before >= count { return }
    do {
      for try await item in open(client(channel), token) {
        state.withLock { $0.take(item) }
        if told.count >= count { break }
      }
      if told.count < count, !Task.isCancelled { fail("the stream has ended by itself") }
    } catch {
      let code = (error as? RPCError)?.code
      if code != .unavailable, code != .cancelled { fail("\(error)") }
    }
    state.withLock { if $0.told.count > before { $0.lifeCount += 1 } }
  }

  private func client(_ channel: HTTP2Channel) -> RPCClient {
    TrialWorld.client(channel, as: "iom/SUPERVISOR")
  }

  private func fail(_ what: String) { state.withLock { $0.failures.append(what) } }
}

/// A change as every watch numbers it.
protocol NumberedChange: Sendable {
  var eventNo: Int64 { get }
  var status: SafeMobility.StatusEvent? { get }
}

extension SafeMobility.RegistrationEvent: NumberedChange {}
extension SafeMobility.AppointmentEvent: NumberedChange {}
extension SafeMobility.ReferralEvent: NumberedChange {}
extension SafeMobility.SlotEvent: NumberedChange {}
