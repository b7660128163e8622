import Domain
import Protobuf
import SafeMobilityAPI
import Storage

/// What a subscriber of an office's slots sees: those that have not begun, as ListSlots has them.
///
/// A slot has events of its own only when it is made or blocked. Its seats are rows of their own, and to
/// count up the slot's version with each of them would make everybody who books in one slot wait for the
/// same row, and every etag of it stale. But no seat moves without a hold or an appointment that does, in
/// the same unit of work; so a stream of slots looks at the events of those two as well, and tells each that
/// moved seats as an update of the slot, with the seats that are free when it is told. Nothing is told of
/// whose they are, nor by what event they moved.
///
/// A hold ends by the clock, and that alone is no event. The timer writes it down shortly afterwards, with
/// its event, and then those who watch learn of it; a list, and whoever claims the seats, do not wait for that.
/// Nor is it one that a slot begins: its subscribers know when it does.
struct SlotView: WatchView {
  typealias Response = SafeMobility.WatchSlotsResponse

  static let kinds: Set<AggregateKind> = [.slot, .hold, .appointment]

  private let office: OfficeID
  /// Only slots of this service; nil for all.
  private let service: ServiceOfferID?
  let narrowing: [String]

  init(_ request: SafeMobility.WatchSlotsRequest) throws(Refusal) {
    office = try OfficeID(name: request.parent)
    service = request.service.isEmpty ? nil : try ServiceOfferID(name: request.service)
    narrowing = Self.narrowing(office, service: request.service)
  }

  /// What tokens are bound to, of a list of a schedule's slots too.
  static func narrowing(_ office: OfficeID, service: String) -> [String] { [office.name, service] }

  func begin(_ work: inout Reading) throws {
    _ = try work.office(office)
  }

  func change(
    by event: StatusEvent, to caller: Caller, in reader: any StoreReader
  ) throws -> WatchedChange<SlotAvailability>? {
    // The office first: holds are told apart by their slots alone, and counting seats costs more.
    guard let id = try slot(of: event, in: reader), let slot = try reader.slot(id),
      slot.service.office == office, service == nil || service == slot.service,
      let found = try reader.slotAvailability(id)
    else { return nil }
    return WatchedChange(
      record: found, name: SlotName(found.slot).text,
      version: event.aggregate == .slot ? event.version : found.slot.revision.version,
      isOwn: event.aggregate == .slot,
      wasSeen: event.aggregate != .slot || event.stateBefore != nil, isSeen: true)
  }

  /// The slot that an event has changed, itself or its seats.
  private func slot(of event: StatusEvent, in reader: any StoreReader) throws -> SlotID? {
    switch event.aggregate {
    case .slot: return SlotID(rawValue: event.uid)
    case .hold:
      // Seats that are booked are the appointment's from then on, and as taken as before.
      guard event.stateAfter != HoldState.consumed.rawValue else { return nil }
      return try HoldID(rawValue: event.uid).flatMap { try reader.hold($0)?.slot }
    case .appointment:
      guard Self.movesSeats(event) else { return nil }
      return try AppointmentID(rawValue: event.uid).flatMap { id in
        try reader.appointment(id).flatMap { $0.service.office == office ? $0.slot : nil }
      }
    default: return nil
    }
  }

  /// Whether an appointment took seats that were free, or freed some. A booking takes those of its hold.
  private static func movesSeats(_ event: StatusEvent) -> Bool {
    let isTaken = { (state: Int?) in state.map { takers.contains($0) } ?? false }
    return event.type != Appointment.Event.book.rawValue
      && isTaken(event.stateBefore) != isTaken(event.stateAfter)
  }

  /// The states in which an appointment's seats are taken: while it is live, and for good when it took place.
  private static let takers = Set(
    AppointmentState.allCases.filter { $0.isLive || $0 == .fulfilled }.map(\.rawValue))

  func reaches(_ found: SlotAvailability, in reach: Reach) -> Bool {
    found.slot.start > reach.reader.now
  }

  func concern(_ found: SlotAvailability, in work: inout Reading) {}

  func message(
    for sight: WatchSight<SlotAvailability>, by event: StatusEvent, in work: inout Reading
  ) -> SafeMobility.Slot { .init(sight.change.record) }
}
