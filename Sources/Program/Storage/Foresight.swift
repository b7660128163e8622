public import Domain

/// What a unit of work is going to look at, said before it looks.
///
/// A store that is a network away fetches all of it in one round trip; it changes nothing about what the unit finds,
/// and a unit may look at more, or at less. Say it first: what the unit itself changes before is asked for again.
public enum Foresight: Hashable, Sendable {
  /// The record of the partner whose certificate names this identity.
  case caller(identity: String)
  /// Whether a request was answered before.
  case repetition(PartnerID, method: String, requestID: String)
  /// A program.
  case program(ProgramID)
  /// An office.
  case office(OfficeID)
  /// A registration.
  case registration(RegistrationID)
  /// The people of a registration.
  case people(RegistrationID)
  /// The documents of a person.
  case documents(PersonID)
  /// A hold, its registration, and its slot with the service and the office.
  case hold(HoldID)
  /// The same, and what else stands in the way of its household's appointment.
  case booking(HoldID)
  /// A slot with its service and free seats, and the registration that wants some of them for a hold.
  case claim(SlotID, RegistrationID)
  /// An appointment, its registration, and its slot with the service and the office.
  case appointment(AppointmentID)
  /// A referral and its registration.
  case referral(ReferralID)
}

extension StoreReader {
  /// A store that is at hand has no need to know.
  public func foresee(_ foresights: [Foresight]) throws {}
}
