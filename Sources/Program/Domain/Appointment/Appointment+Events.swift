extension Appointment: Aggregate {
  /// An appointment.
  public static var aggregateKind: AggregateKind { .appointment }

  /// The events of ``AppointmentMachine``.
  public enum Event: String, MachineEvent {
    case offer = "Offer"
    case book = "Book"
    case confirm = "Confirm"
    case lapse = "Lapse"
    case checkIn = "CheckIn"
    case start = "Start"
    case complete = "Complete"
    case markNoShow = "MarkNoShow"
    case excuse = "ExcuseNoShow"
    case reschedule = "Reschedule"
    case cancel = "Cancel"
    case void = "Void"

    /// The states that have the event.
    public var sources: [AppointmentState] {
      switch self {
      case .offer, .book: []
      case .confirm, .lapse: [.offered]
      case .checkIn, .markNoShow, .reschedule: [.confirmed]
      case .start: [.checkedIn]
      case .complete: [.inProgress]
      case .excuse: [.noShow]
      case .cancel: [.offered, .confirmed]
      case .void:
        [
          .offered, .confirmed, .checkedIn, .inProgress, .rescheduled, .cancelled, .lapsed,
          .noShow, .excused,
        ]
      }
    }
  }

  /// What a change of an appointment may ask for besides.
  public enum Order: Hashable, Sendable {
    /// Turn the hold's seats into the appointment's; fewer rows than seats means HOLD_EXPIRED.
    case takeHeldSeats(HoldID)
    /// Free the appointment's seats.
    case freeSeats
    /// Claim the new appointment's seats (SLOT_FULL) and store it, in the same transaction.
    case claimAndStore(Appointment)
    /// Put the household back in the queue, with its old rank or last.
    case requeue(keepsRank: Bool)
    /// Tell the registration, if it is INVITED still: ``RegistrationMachine/interviewFulfilled(at:)``.
    case interviewFulfilled
  }
}
