import Domain
import Storage
import StoreSamples
import Testing

// Lists, in every shape that a filter can give them.
extension Questions {
  private static let listSize = 50
  private static let maybe = [false, true]

  private var owner: Actor {
    Actor(partner: world.referrer.id, agency: "field", role: .applicant, user: "u7")
  }

  private var households: RegistrationID { places.household.registration.id }

  func askRegistrations(_ reader: any StoreReader) throws {
    for program in [nil, world.program.id] {
      for states in [[], [.submitted], [.submitted, .screening]] as [[RegistrationState]] {
        for owner in [nil, owner] {
          for includesProtected in Self.maybe {
            var filter = RegistrationFilter(program: program, states: states)
            filter.owner = owner
            filter.includesProtected = includesProtected
            for key in [nil, TimeKey(reader.now, households)] {
              _ = try reader.registrations(filter, after: key, limit: Self.listSize)
            }
          }
        }
      }
    }
  }

  func askAppointments(_ reader: any StoreReader) throws {
    let day = reader.now..<(reader.now + .days(1))
    for registration in [nil, households] {
      for office in [nil, world.office.id] {
        for service in [nil, world.offer.id] {
          for starts in [nil, day] {
            for states in [[], [.confirmed], [.offered, .confirmed]] as [[AppointmentState]] {
              for owner in [nil, owner] {
                var filter = AppointmentFilter(
                  registration: registration, office: office, service: service, starts: starts,
                  states: states)
                filter.owner = owner
                for key in [nil, TimeKey(reader.now, places.appointment.id)] {
                  _ = try reader.appointments(filter, after: key, limit: Self.listSize)
                }
              }
            }
          }
        }
      }
    }
    // As a booking asks for a live one of the same service.
    let live = AppointmentFilter(
      registration: households, service: world.offer.id,
      states: AppointmentState.allCases.filter(\.isLive))
    _ = try reader.appointments(live, after: nil, limit: 1)
  }

  func askWaitlist(_ reader: any StoreReader) throws {
    for registration in [nil, households] {
      for office in [nil, world.office.id] {
        for kind in [nil, ServiceKind.interview] {
          for states in [[], [.waiting], [.waiting, .offered]] as [[WaitlistState]] {
            for owner in [nil, owner] {
              var filter = WaitlistFilter(
                registration: registration, office: office, kind: kind, states: states)
              filter.owner = owner
              for key in [nil, TimeKey(reader.now, places.wish.id)] {
                _ = try reader.waitlistEntries(filter, after: key, limit: Self.listSize)
              }
            }
          }
        }
      }
    }
  }

  func askLastPlace(_ reader: any StoreReader) throws {
    #expect(try reader.lastWaitlistEntry(of: households, for: .interview)?.id == places.wish.id)
  }

  func askReferrals(_ reader: any StoreReader) throws {
    for registration in [nil, households] {
      for to in [nil, world.receiver.id] {
        for from in [nil, world.referrer.id] {
          for pathway in [nil, world.pathways[0].id] {
            for states in [[], [.sent], [.sent, .received]] as [[ReferralState]] {
              for owner in [nil, owner] {
                var filter = ReferralFilter(
                  registration: registration, to: to, from: from, pathway: pathway, states: states)
                filter.owner = owner
                for key in [nil, TimeKey(reader.now, papers.referral.id)] {
                  _ = try reader.referrals(filter, after: key, limit: Self.listSize)
                }
              }
            }
          }
        }
      }
    }
  }

  func askSlots(_ reader: any StoreReader) throws {
    let day = reader.now..<(reader.now + .days(1))
    for service in [nil, world.offer.id] {
      for freeSeatsMin in [0, 1] {
        for includesBlocked in Self.maybe {
          let filter = SlotFilter(
            office: world.office.id, service: service, starts: day, freeSeatsMin: freeSeatsMin,
            includesBlocked: includesBlocked)
          for key in [nil, TimeKey(reader.now, places.slot.id)] {
            _ = try reader.slots(filter, after: key, limit: Self.listSize)
          }
        }
      }
    }
  }

  func askDuplicates(_ reader: any StoreReader) throws {
    _ = try reader.duplicateCandidate(papers.candidate.id)
    _ = try reader.duplicateCandidate(of: papers.candidate.pair)
    _ = try reader.duplicateCandidates(of: households)
    _ = try reader.matchHits([digest], in: world.program.id, limit: 9)
    _ = try reader.persons(places.household.persons.map(\.id))
    for registration in [nil, households] {
      for state in [nil, DuplicateState.open] {
        for isHolding in [nil, true] {
          for rank in [nil, papers.candidate.rank] {
            let filter = DuplicateFilter(
              registration: registration, state: state, isHolding: isHolding, rankMin: rank,
              rankMax: rank)
            for key in [nil, DuplicateKey(papers.candidate)] {
              _ = try reader.duplicateCandidates(filter, after: key, limit: Self.listSize)
            }
          }
        }
      }
    }
  }
}
