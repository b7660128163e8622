internal import Protobuf
public import SafeMobilityAPI

// Every Watch method of the contract: how its list hands over to it, and how its items read.

extension SafeMobility.ListReferralsResponse: WatchedPage {}

extension SafeMobility.WatchReferralsResponse: WatchResponse {
  /// A page of ListReferrals.
  public typealias Page = SafeMobility.ListReferralsResponse

  /// The item, read.
  public var watchItem: WatchItem<SafeMobility.ReferralEvent> {
    switch item {
    case .event(let event): .change(event, WatchEventID(event.status))
    case .bookmark: .bookmark
    case .reset(let reset): .reset(resumeToken: reset.resumeToken)
    case nil: .unknown
    }
  }
}

extension SafeMobility.ListRegistrationsResponse: WatchedPage {}

extension SafeMobility.WatchRegistrationsResponse: WatchResponse {
  /// A page of ListRegistrations.
  public typealias Page = SafeMobility.ListRegistrationsResponse

  /// The item, read.
  public var watchItem: WatchItem<SafeMobility.RegistrationEvent> {
    switch item {
    case .event(let event): .change(event, WatchEventID(event.status))
    case .bookmark: .bookmark
    case .reset(let reset): .reset(resumeToken: reset.resumeToken)
    case nil: .unknown
    }
  }
}

extension SafeMobility.ListAppointmentsResponse: WatchedPage {}

extension SafeMobility.WatchAppointmentsResponse: WatchResponse {
  /// A page of ListAppointments.
  public typealias Page = SafeMobility.ListAppointmentsResponse

  /// The item, read.
  public var watchItem: WatchItem<SafeMobility.AppointmentEvent> {
    switch item {
    case .event(let event): .change(event, WatchEventID(event.status))
    case .bookmark: .bookmark
    case .reset(let reset): .reset(resumeToken: reset.resumeToken)
    case nil: .unknown
    }
  }
}

extension SafeMobility.ListSlotsResponse: WatchedPage {}

extension SafeMobility.WatchSlotsResponse: WatchResponse {
  /// A page of ListSlots.
  public typealias Page = SafeMobility.ListSlotsResponse

  /// The item, read.
  public var watchItem: WatchItem<SafeMobility.SlotEvent> {
    switch item {
    case .event(let event): .change(event, WatchEventID(event.status))
    case .bookmark: .bookmark
    case .reset(let reset): .reset(resumeToken: reset.resumeToken)
    case nil: .unknown
    }
  }
}

extension WatchEventID {
  /// What the contract knows an event by.
  init(_ status: SafeMobility.StatusEvent?) {
    self.init(uid: status?.uid ?? "", version: status?.version ?? 0)
  }
}
