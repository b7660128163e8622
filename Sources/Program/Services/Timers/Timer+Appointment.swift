import Domain
import Storage

extension Timer<AppointmentID> {
  /// An offer that nobody has confirmed in time is LAPSED, and its seats are free.
  static var lapseAppointment: Self {
    Timer("LapseAppointment", isOneByOne: true) { reader, key, limit in
      try reader.offersToLapse(after: key, limit: limit)
    } move: { work, id in
      guard let offer = try work.tx.appointment(id), offer.state == .offered else { return false }
      try work.take(offer.registration)
      var machine = AppointmentMachine(offer, limits: work.limits)
      try work.carryOut(try machine.lapse(at: work.now))
      return true
    }
  }

  /// A household that has not come, when the service's grace is over too, is a NO_SHOW, unless it
  /// was the office that was not there (INV-13): then the office calls it off, late as it is, and the household
  /// waits again with its rank.
  static var markNoShow: Self {
    Timer("MarkNoShow", isOneByOne: true) { reader, key, limit in
      try reader.appointmentsMissed(after: key, limit: limit)
    } move: { work, id in
      guard let visit = try work.tx.appointment(id), visit.state == .confirmed,
        let slot = try work.tx.slot(visit.slot), !slot.isBlocked,
        let service = try work.tx.serviceOffer(visit.service)
      else { return false }
      try work.take(visit.registration)
      var machine = AppointmentMachine(visit, limits: work.limits)
      if try work.isOfficeClosed(during: slot) {
        try work.carryOut(try machine.cancel(by: .office, .officeClosed, at: work.now))
        return true
      }
      try work.carryOut(
        try machine.markNoShow(officeWasClosed: false, service: service, at: work.now))
      return true
    }
  }
}

extension Writing {
  /// Takes a case before its slot, as everybody does, and tells the log.
  fileprivate mutating func take(_ registration: RegistrationID) throws {
    _ = try tx.registration(registration)
    try concern(registration)
  }
}
