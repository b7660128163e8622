import Domain
import Protobuf
import SafeMobilityAPI
import Storage

extension DeskWork {
  /// A hold as the contract has it.
  ///
  /// - Parameter slot: its slot, where it is at hand
  func message(for hold: Hold, in slot: Slot? = nil) throws -> SafeMobility.Hold {
    let slot = try slot ?? found(try reader.slot(hold.slot))
    return .with {
      $0.name = hold.id.name
      $0.uid = hold.id.rawValue
      $0.createTime = .init(hold.revision.createTime)
      $0.updateTime = .init(hold.revision.updateTime)
      $0.etag = hold.etag.text
      $0.state = .init(hold.state(at: reader.now))
      $0.slot = SlotName(slot).text
      $0.registration = hold.registration.name
      $0.seats = Int32(hold.seats)
      $0.expireTime = .init(hold.expireTime)
      $0.fence = hold.fence
      $0.renewed = hold.renewals > 0
    }
  }

  /// An appointment as the contract has it, with the office's address once it is agreed.
  func message(for appointment: Appointment) throws -> SafeMobility.Appointment {
    let slot = try found(try reader.slot(appointment.slot))
    let office = try found(try reader.office(appointment.service.office))
    return .with {
      $0.name = appointment.id.name
      $0.uid = appointment.id.rawValue
      $0.createTime = .init(appointment.revision.createTime)
      $0.updateTime = .init(appointment.revision.updateTime)
      $0.etag = appointment.etag.text
      $0.state = .init(appointment.state)
      $0.slot = SlotName(slot).text
      $0.service = appointment.service.name
      $0.registration = appointment.registration.name
      $0.attendees = appointment.attendees.map { attendee in
        .with {
          $0.person = PersonName(appointment.registration, attendee.person).text
          $0.attendance = .init(attendee.attendance)
        }
      }
      $0.seats = Int32(appointment.seats)
      $0.startTime = .init(appointment.start)
      $0.endTime = .init(appointment.end)
      $0.timeZone = slot.zone.rawValue
      $0.confirmByTime = appointment.confirmBy.map { .init($0) }
      $0.cancellation = appointment.cancellation.map { .init($0) }
      $0.successor = appointment.successor?.name ?? ""
      $0.rescheduleCount = Int32(appointment.applicantReschedules)
      $0.visitCode = appointment.visitCode.rawValue
      // Secret until agreed: fraudsters sold places at "secret offices" (domain § 1.6).
      if office.isConfirmed, appointment.state.isAgreed {
        $0.officeAddressLines = office.addressLines
      }
    }
  }
}

extension AppointmentState {
  /// Whether both sides have agreed on the place, and it is one still to come to or that they came to. What was called
  /// off or missed tells nobody where it would have been, whether it was ever agreed or not.
  fileprivate var isAgreed: Bool {
    switch self {
    case .confirmed, .checkedIn, .inProgress, .fulfilled: true
    case .offered, .rescheduled, .cancelled, .lapsed, .noShow, .excused, .voided: false
    }
  }
}

extension SafeMobility.Cancellation {
  init(_ cancellation: Cancellation) {
    self.init()
    party = .init(cancellation.party)
    reason = .init(cancellation.reason)
    cancelTime = .init(cancellation.cancelTime)
  }
}
