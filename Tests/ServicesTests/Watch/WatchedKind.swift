import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import SafeMobilityClient
import ServiceFixture
import Services
import Storage
import Testing

/// What the watches of all kinds have in common, for tests that ask the same of each.
enum WatchedKind: String, CaseIterable, Sendable {
  case registrations
  case appointments
  case slots

  /// Whether what is told is about people.
  var isPersonal: Bool { self != .slots }
}

/// An item, without what is another at each telling.
enum WatchedItem: Equatable {
  case event(KnownChange)
  case bookmark
  case reset
}

/// A change as every kind's events tell it.
struct KnownChange: Equatable, CustomStringConvertible {
  var number: Int64
  var uid: String
  var resource: String
  var type: SafeMobility.EventType
  var state: String
  var isWhole: Bool

  var description: String { "\(number): \(type) \(state) of \(resource)" }
}

/// An event of a watch's stream.
protocol WatchedChange: Sendable {
  var eventNo: Int64 { get }
  var status: SafeMobility.StatusEvent? { get }
  /// Whether the resource comes with it.
  var isWhole: Bool { get }
}

extension SafeMobility.RegistrationEvent: WatchedChange {
  var isWhole: Bool { registration != nil }
}
extension SafeMobility.AppointmentEvent: WatchedChange {
  var isWhole: Bool { appointment != nil }
}
extension SafeMobility.SlotEvent: WatchedChange {
  var isWhole: Bool { slot != nil }
}

extension WatchedCall where Response: WatchResponse, Response.Change: WatchedChange {
  /// The next event, past bookmarks.
  func change() async throws -> Response.Change {
    while true {
      switch try await next()?.watchItem {
      case .change(let change, _): return change
      case .bookmark: continue
      default: throw NoChange()
      }
    }
  }

  /// The next item and its token; nil at the end.
  func item() async throws -> (item: WatchedItem, token: String)? {
    guard let response = try await next() else { return nil }
    switch response.watchItem {
    case .change(let change, _):
      return (.event(KnownChange(change)), response.resumeToken)
    case .bookmark: return (.bookmark, response.resumeToken)
    case .reset: return (.reset, response.resumeToken)
    case .unknown: throw NoChange()
    }
  }
}

extension KnownChange {
  init(_ change: some WatchedChange) {
    let status = change.status ?? .init()
    self.init(
      number: change.eventNo, uid: status.uid, resource: status.resource, type: status.type,
      state: status.state, isWhole: change.isWhole)
  }
}

struct NoChange: Error {}

/// A stream of whichever kind.
struct WatchedAny: Sendable {
  let next: @Sendable () async throws -> (item: WatchedItem, token: String)?
  let begun: @Sendable () async -> Void
  let takeOne: @Sendable () -> Void
  let cancel: @Sendable () async -> Void

  init<Response>(_ call: WatchedCall<Response>)
  where Response: WatchResponse, Response.Change: WatchedChange {
    next = { try await call.item() }
    begun = { await call.begun() }
    takeOne = { call.takeOne() }
    cancel = { await call.cancel() }
  }

  /// So many events, past bookmarks.
  func events(_ count: Int) async throws -> [(change: KnownChange, token: String)] {
    var events: [(change: KnownChange, token: String)] = []
    while events.count < count {
      guard let item = try await next() else { throw NoChange() }
      switch item.item {
      case .event(let change): events.append((change, item.token))
      case .bookmark: continue
      case .reset: throw NoChange()
      }
    }
    return events
  }
}
