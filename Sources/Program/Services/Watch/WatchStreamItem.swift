import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import Storage

/// An item of a watch's stream, in the form that all of the contract have.
protocol WatchStreamItem: Message, RPCMessage {
  /// The records that events tell of.
  associatedtype Resource: Sendable

  /// An item that says this.
  init(_ content: WatchContent<Resource>)
  /// Where to go on behind it.
  var resumeToken: String { get set }
}

/// What an item says.
enum WatchContent<Resource: Sendable>: Sendable {
  /// A change; without a resource of what is removed.
  case event(number: Int64, SafeMobility.StatusEvent, Resource?)
  /// Nothing is missing so far.
  case bookmark(SafeMobility.StreamBookmark)
  /// List again.
  case reset
}

extension SafeMobility.StatusEvent {
  /// An event as its subscriber sees it. A removal has neither reason nor state.
  init<Record>(_ event: StatusEvent, _ sight: WatchSight<Record>, _ secrets: Secrets) {
    self.init()
    uid = (sight.change.isOwn ? event.id : secrets.alias(of: event.id)).rawValue
    resource = sight.change.name
    version = sight.change.version.rawValue
    type = sight.type
    eventTime = .init(event.time)
    if sight.type == .removed { return }
    state = sight.change.stateName
    guard sight.change.isOwn else { return }
    actorClass = .init(event.actorClass)
    diffSha256 = event.diffDigest?.bytes ?? []
  }
}

extension SafeMobility.WatchReferralsResponse: WatchStreamItem {
  init(_ content: WatchContent<SafeMobility.Referral>) {
    self.init()
    item =
      switch content {
      case .event(let number, let status, let referral):
        .event(
          .with {
            $0.eventNo = number
            $0.status = status
            $0.referral = referral
          })
      case .bookmark(let bookmark): .bookmark(bookmark)
      case .reset: .reset(.init())
      }
  }
}

extension SafeMobility.WatchRegistrationsResponse: WatchStreamItem {
  init(_ content: WatchContent<SafeMobility.Registration>) {
    self.init()
    item =
      switch content {
      case .event(let number, let status, let registration):
        .event(
          .with {
            $0.eventNo = number
            $0.status = status
            $0.registration = registration
          })
      case .bookmark(let bookmark): .bookmark(bookmark)
      case .reset: .reset(.init())
      }
  }
}

extension SafeMobility.WatchAppointmentsResponse: WatchStreamItem {
  init(_ content: WatchContent<SafeMobility.Appointment>) {
    self.init()
    item =
      switch content {
      case .event(let number, let status, let appointment):
        .event(
          .with {
            $0.eventNo = number
            $0.status = status
            $0.appointment = appointment
          })
      case .bookmark(let bookmark): .bookmark(bookmark)
      case .reset: .reset(.init())
      }
  }
}

extension SafeMobility.WatchSlotsResponse: WatchStreamItem {
  init(_ content: WatchContent<SafeMobility.Slot>) {
    self.init()
    item =
      switch content {
      case .event(let number, let status, let slot):
        .event(
          .with {
            $0.eventNo = number
            $0.status = status
            $0.slot = slot
          })
      case .bookmark(let bookmark): .bookmark(bookmark)
      case .reset: .reset(.init())
      }
  }
}
