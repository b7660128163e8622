import Domain
import Testing

/// The table of every state and event is the specification: §5.2 of the ground plan, row by row.
@Suite struct AppointmentMachineTests {
  typealias State = AppointmentState
  typealias Event = Appointment.Event

  static let table: [State: [Event: State]] = [
    .offered: [
      .confirm: .confirmed, .lapse: .lapsed, .cancel: .cancelled, .void: .voided,
    ],
    .confirmed: [
      .checkIn: .checkedIn, .markNoShow: .noShow, .reschedule: .rescheduled,
      .cancel: .cancelled, .void: .voided,
    ],
    .checkedIn: [.start: .inProgress, .void: .voided],
    .inProgress: [.complete: .fulfilled, .void: .voided],
    .fulfilled: [:],
    .rescheduled: [.void: .voided],
    .cancelled: [.void: .voided],
    .lapsed: [.void: .voided],
    .noShow: [.excuse: .excused, .void: .voided],
    .excused: [.void: .voided],
    .voided: [:],
  ]

  static let everybody = [Fixture.first, Fixture.second, Fixture.third]

  static func fire(_ event: Event, from state: State) throws(Refusal) -> Change<Appointment> {
    let appointment = Fixture.appointment(state)
    var machine = AppointmentMachine(appointment)
    let now = Fixture.now
    switch event {
    case .offer: return try AppointmentMachine.offer(Fixture.booking())
    case .book: return try book()
    case .confirm: return try machine.confirm(at: now)
    case .lapse: return try machine.lapse(at: now + .hours(23))
    case .checkIn: return try machine.checkIn(code: Fixture.visitCode, at: appointment.start)
    case .start: return try machine.start(at: appointment.start)
    case .complete:
      return try machine.complete(
        everybody.map { Attendee(person: $0, attendance: .present) }, kind: .interview,
        at: appointment.end)
    case .markNoShow:
      return try machine.markNoShow(
        officeWasClosed: false, service: Fixture.service(), at: appointment.end + .minutes(31))
    case .excuse: return try machine.excuse(.illness, at: appointment.end + .days(2))
    case .reschedule:
      return try machine.reschedule(
        to: Fixture.booking(Fixture.request(Fixture.slot(in: .hours(48), seed: 30))),
        of: .interview, by: .applicant)
    case .cancel: return try machine.cancel(by: .applicant, .cannotAttend, at: now)
    case .void: return try machine.void(at: now)
    }
  }

  static func book(
    _ booking: AppointmentMachine.Booking = Fixture.booking(), fence: Int64 = 4
  ) throws(Refusal) -> Change<Appointment> {
    var hold = HoldMachine(Fixture.hold(.active))
    let consumed = try hold.consume(
      by: Fixture.household, fence: fence, at: booking.request.now)
    return try AppointmentMachine.book(booking, consumed: consumed)
  }

  @Test("every state takes exactly the events of the table", arguments: State.allCases)
  func table(state: State) throws {
    let row = try #require(Self.table[state])
    for event in Event.allCases where ![.offer, .book].contains(event) {
      guard let target = row[event] else {
        #expect(
          refusal { () throws(Refusal) in _ = try Self.fire(event, from: state) }
            == .transitionNotAllowed, "\(event) in \(state)")
        continue
      }
      let change = try Self.fire(event, from: state)
      #expect(change.entity.state == target, "\(event) in \(state)")
      #expect(change.entity.revision.version.rawValue == 2)
      // INV-1: seats are given back by those that had them, when they no longer have.
      if change.orders.contains(.freeSeats) { #expect(state.isLive && !target.isLive) }
    }
  }

  @Test(
    "what ends without having taken place frees its seats",
    arguments: [
      (Event.lapse, State.offered), (.cancel, .offered), (.cancel, .confirmed),
      (.reschedule, .confirmed), (.markNoShow, .confirmed), (.void, .checkedIn),
      (.void, .inProgress),
    ])
  func seats(event: Event, state: State) throws {
    #expect(try Self.fire(event, from: state).orders.contains(.freeSeats))
  }

  @Test("booking takes the held seats for the whole household")
  func booking() throws {
    let change = try Self.book()
    #expect(change.entity.state == .confirmed)
    #expect(change.entity.seats == 3)
    #expect(change.entity.attendees.map(\.person) == Self.everybody)
    #expect(change.orders == [.takeHeldSeats(Fixture.hold(.active).id)])
  }

  @Test("an offer is open for 23 hours, but never past its start")
  func offer() throws {
    let day = try AppointmentMachine.offer(Fixture.booking()).entity
    #expect(day.confirmBy == Fixture.now + .hours(23))
    let soon = try AppointmentMachine.offer(
      Fixture.booking(Fixture.request(Fixture.slot(in: .hours(5))))
    ).entity
    #expect(soon.confirmBy == Fixture.now + .hours(5))
  }

  @Test("an offer is confirmed before its time is over, and lapses from then on")
  func confirmWindow() throws {
    let limit = Fixture.now + .hours(23)
    var machine = AppointmentMachine(Fixture.appointment(.offered))
    #expect(
      refusal { () throws(Refusal) in _ = try machine.confirm(at: limit) }
        == .confirmWindowPassed)
    #expect(
      refusal { () throws(Refusal) in _ = try machine.lapse(at: limit - .microseconds(1)) }
        == .transitionNotAllowed)
    var other = AppointmentMachine(Fixture.appointment(.offered))
    #expect(try other.confirm(at: limit - .microseconds(1)).entity.state == .confirmed)
    #expect(try machine.lapse(at: limit).entity.state == .lapsed)
  }

  @Test("check-in is from 90 minutes before the start to the end, both included")
  func checkInWindow() throws {
    let appointment = Fixture.appointment(.confirmed)
    let opening = appointment.start - .minutes(90)
    for (time, isOpen) in [
      (opening - .microseconds(1), false), (opening, true), (appointment.end, true),
      (appointment.end + .microseconds(1), false),
    ] {
      let reason = refusal { () throws(Refusal) in
        var machine = AppointmentMachine(appointment)
        _ = try machine.checkIn(code: Fixture.visitCode, at: time)
      }
      #expect(reason == (isOpen ? nil : .checkInWindow), "\(time)")
    }
  }

  @Test("check-in needs this appointment's code")
  func visitCode() throws {
    var random = SplitMix64(seed: 99)
    let other = VisitCode(using: &random)
    #expect(
      refusal { () throws(Refusal) in
        var machine = AppointmentMachine(Fixture.appointment(.confirmed))
        _ = try machine.checkIn(code: other, at: Fixture.appointment(.confirmed).start)
      } == .fieldInvalid)
  }

  @Test("a completed interview moves the registration; other services do not")
  func interview() throws {
    #expect(try Self.fire(.complete, from: .inProgress).orders == [.interviewFulfilled])
    var machine = AppointmentMachine(Fixture.appointment(.inProgress))
    let present = Self.everybody.map { Attendee(person: $0, attendance: .present) }
    #expect(try machine.complete(present, kind: .counselling, at: Fixture.now).orders.isEmpty)
  }

  @Test(
    "completion needs the attendance of each attendee, once, and somebody present",
    arguments: [
      [], [Attendee(person: Fixture.first, attendance: .present)],
      everybody.map { Attendee(person: $0, attendance: .absent) },
      everybody.map { Attendee(person: $0, attendance: .expected) },
      [Fixture.first, Fixture.second, Fixture.second].map {
        Attendee(person: $0, attendance: .present)
      },
      (everybody + [PersonID(checked: "stranger")]).map {
        Attendee(person: $0, attendance: .present)
      },
    ])
  func attendance(attendees: [Attendee]) {
    #expect(
      refusal { () throws(Refusal) in
        var machine = AppointmentMachine(Fixture.appointment(.inProgress))
        _ = try machine.complete(attendees, kind: .interview, at: Fixture.now)
      } == .fieldInvalid)
  }

  @Test("a no-show is one after the grace, and never when the office was closed")
  func noShow() {
    let limit = Fixture.appointment(.confirmed).end + .minutes(30)
    for (closed, time, reason) in [
      (false, limit, Refusal.Reason.transitionNotAllowed),
      (true, limit + .hours(1), .transitionNotAllowed), (false, limit + .microseconds(1), nil),
    ] as [(Bool, Instant, Refusal.Reason?)] {
      #expect(
        refusal { () throws(Refusal) in
          var machine = AppointmentMachine(Fixture.appointment(.confirmed))
          _ = try machine.markNoShow(
            officeWasClosed: closed, service: Fixture.service(), at: time)
        } == reason)
    }
  }

  @Test("a no-show is excused for 30 days, and keeps its rank")
  func excuse() throws {
    let limit = (Fixture.appointment(.noShow).noShowTime ?? Fixture.now) + .days(30)
    var machine = AppointmentMachine(Fixture.appointment(.noShow))
    #expect(
      refusal { () throws(Refusal) in
        _ = try machine.excuse(.transport, at: limit + .microseconds(1))
      } == .transitionNotAllowed)
    #expect(try machine.excuse(.transport, at: limit).orders == [.requeue(keepsRank: true)])
  }

  @Test("a no-show at an office that was closed is excused however late that turns out")
  func excuseOfClosed() throws {
    var machine = AppointmentMachine(Fixture.appointment(.noShow))
    let change = try machine.excuse(
      .other, officeWasClosed: true, at: Fixture.appointment(.noShow).end + .days(300))
    #expect(change.entity.state == .excused)
    #expect(change.orders == [.requeue(keepsRank: true)])
    var expected = AppointmentMachine(Fixture.appointment(.confirmed))
    #expect(
      refusal { () throws(Refusal) in
        _ = try expected.excuse(.other, officeWasClosed: true, at: Fixture.now)
      } == .transitionNotAllowed)
  }

  @Test("an applicant moves an appointment twice, an office as often as it must")
  func rescheduleLimit() throws {
    for (count, party, reason) in [
      (1, CancelParty.applicant, nil), (2, .applicant, .rescheduleLimit), (2, .office, nil),
    ] as [(Int, CancelParty, Refusal.Reason?)] {
      var appointment = Fixture.appointment(.confirmed)
      appointment.applicantReschedules = count
      let got = refusal { () throws(Refusal) in
        var machine = AppointmentMachine(appointment)
        let change = try machine.reschedule(
          to: Fixture.booking(Fixture.request(Fixture.slot(in: .hours(48), seed: 30))),
          of: .interview, by: party)
        guard case .claimAndStore(let next)? = change.orders.last else {
          Issue.record("no new appointment")
          return
        }
        #expect(next.state == .confirmed)
        #expect(next.applicantReschedules == count + (party == .applicant ? 1 : 0))
        #expect(change.entity.successor == next.id)
      }
      #expect(got == reason)
    }
  }

  @Test(
    "an appointment is moved to a service of its kind, at whichever office, where there is none yet"
  )
  func rescheduleOffice() throws {
    var request = Fixture.request(Fixture.slot(in: .hours(48), seed: 30))
    let capital = ServiceOfferID(checked: "gt-gua-01/interview")
    (request.slot.service, request.service.id) = (capital, capital)
    for (kind, isLive, reason) in [
      (ServiceKind.interview, false, nil), (.counselling, false, .fieldInvalid),
      (.interview, true, .appointmentLiveExists),
    ] as [(ServiceKind, Bool, Refusal.Reason?)] {
      var booking = Fixture.booking(request)
      booking.hasLiveAppointment = isLive
      let got = refusal { () throws(Refusal) in
        var machine = AppointmentMachine(Fixture.appointment(.confirmed))
        let change = try machine.reschedule(to: booking, of: kind, by: .applicant)
        guard case .claimAndStore(let next)? = change.orders.last else {
          Issue.record("no new appointment")
          return
        }
        #expect(next.service == capital)
        #expect(change.entity.service == Fixture.interview)
      }
      #expect(got == reason)
    }
  }

  @Test("what the office cancels keeps the household's rank")
  func cancelRank() throws {
    for (party, keeps) in [(CancelParty.office, true), (.applicant, false)] {
      var machine = AppointmentMachine(Fixture.appointment(.confirmed))
      let change = try machine.cancel(by: party, .officeClosed, at: Fixture.now)
      #expect(change.orders == [.freeSeats, .requeue(keepsRank: keeps)])
      #expect(change.entity.cancellation?.party == party)
    }
  }

  @Test("what is voided because its case ended says so; what a supervisor strikes out does not")
  func voidReason() throws {
    let reason = Cancellation(
      party: .applicant, reason: .registrationEnded, cancelTime: Fixture.now)
    var machine = AppointmentMachine(Fixture.appointment(.checkedIn))
    #expect(try machine.void(reason, at: Fixture.now).entity.cancellation == reason)
    var other = AppointmentMachine(Fixture.appointment(.checkedIn))
    #expect(try other.void(at: Fixture.now).entity.cancellation == nil)
  }

  @Test("two appointments of one person overlap when their times share an instant")
  func overlap() {
    let one = Fixture.appointment(.confirmed)
    var next = one
    next.start = one.end
    next.end = one.end + .hours(1)
    #expect(!one.overlaps(next))
    next.start = one.end - .microseconds(1)
    #expect(one.overlaps(next))
    next.attendees = [Attendee(person: PersonID(checked: "other"), attendance: .expected)]
    #expect(!one.overlaps(next))
    next.attendees = one.attendees
    next.state = .cancelled
    #expect(!one.overlaps(next))
  }
}
