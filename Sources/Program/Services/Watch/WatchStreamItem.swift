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
  ///
  /// - Parameter resumeToken: where to go on behind it; empty behind a reset
  init(_ content: WatchContent<Resource>, resumeToken: String)
}

/// What an item says.
enum WatchContent<Resource: Sendable>: Sendable {
  /// A change; without a resource of what is removed.
  case event(number: Int64, SafeMobility.StatusEvent, Resource?)
  /// Nothing is missing so far.
  case bookmark
  /// List again, unless there is a token.
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
  }
}

extension SafeMobility.WatchReferralsResponse: WatchStreamItem {
  init(_ content: WatchContent<SafeMobility.Referral>, resumeToken: String) {
    self.init()
    self.resumeToken = resumeToken
    item =
      switch content {
      case .event(let number, let status, let referral):
        .event(
          .with {
            $0.eventNo = number
            $0.status = status
            $0.referral = referral
          })
      case .bookmark: .bookmark(.with { $0.resumeToken = resumeToken })
      case .reset: .reset(.with { $0.resumeToken = resumeToken })
      }
  }
}

extension SafeMobility.WatchRegistrationsResponse: WatchStreamItem {
  init(_ content: WatchContent<SafeMobility.Registration>, resumeToken: String) {
    self.init()
    self.resumeToken = resumeToken
    item =
      switch content {
      case .event(let number, let status, let registration):
        .event(
          .with {
            $0.eventNo = number
            $0.status = status
            $0.registration = registration
          })
      case .bookmark: .bookmark(.with { $0.resumeToken = resumeToken })
      case .reset: .reset(.with { $0.resumeToken = resumeToken })
      }
  }
}

extension SafeMobility.WatchAppointmentsResponse: WatchStreamItem {
  init(_ content: WatchContent<SafeMobility.Appointment>, resumeToken: String) {
    self.init()
    self.resumeToken = resumeToken
    item =
      switch content {
      case .event(let number, let status, let appointment):
        .event(
          .with {
            $0.eventNo = number
            $0.status = status
            $0.appointment = appointment
          })
      case .bookmark: .bookmark(.with { $0.resumeToken = resumeToken })
      case .reset: .reset(.with { $0.resumeToken = resumeToken })
      }
  }
}

extension SafeMobility.WatchSlotsResponse: WatchStreamItem {
  init(_ content: WatchContent<SafeMobility.Slot>, resumeToken: String) {
    self.init()
    self.resumeToken = resumeToken
    item =
      switch content {
      case .event(let number, let status, let slot):
        .event(
          .with {
            $0.eventNo = number
            $0.status = status
            $0.slot = slot
          })
      case .bookmark: .bookmark(.with { $0.resumeToken = resumeToken })
      case .reset: .reset(.with { $0.resumeToken = resumeToken })
      }
  }
}
