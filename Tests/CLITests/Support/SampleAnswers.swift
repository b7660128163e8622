import Protobuf
import SafeMobilityAPI

/// What the fake server knows: one household on its way.
enum Sample {
  static let registrationName = "registrations/0reg"
  static let principal = "registrations/0reg/persons/0ana"
  static let child = "registrations/0reg/persons/0eva"
  static let appointmentName = "appointments/0app"
  static let slotName = "offices/gt-xel-01/schedules/mornings/slots/0slot"

  static let registration = SafeMobility.Registration.with {
    $0.name = registrationName
    $0.uid = "0reg"
    $0.etag = "\"0reg.3\""
    $0.state = .screening
    $0.receipt = "TG3SYBXS"
    $0.program = "programs/gt-pilot-2023"
    $0.principal = principal
    $0.members = [
      .with {
        $0.person = child
        $0.relationship = .child
        $0.standing = .active
      }
    ]
    $0.hostRegionCode = "GT"
    $0.languageCode = "kek"
    $0.channel = .contactCentre
    $0.submitTime = time("2023-06-12T15:04:05Z")
    $0.persons = [
      person(principal, "Ana Ixchel Pérez Ñuñez", 1990, 2, 28), person(child, "Eva 李", 2012),
    ]
  }

  static func person(
    _ name: String, _ fullName: String, _ year: Int32, _ month: Int32 = 0, _ day: Int32 = 0
  ) -> SafeMobility.Person {
    .with {
      $0.name = name
      $0.etag = "\"\(name.suffix(4)).1\""
      $0.fullName = fullName
      $0.birthDate = .with {
        $0.year = year
        $0.month = month
        $0.day = day
      }
      $0.nationalityCodes = ["GT"]
      $0.documents = [
        .with {
          $0.name = "registrations/0reg/documents/\(name.suffix(3))"
          $0.etag = "\"doc-\(name.suffix(3)).1\""
          $0.person = name
          $0.type = .birthCert
        }
      ]
    }
  }

  static let appointment = SafeMobility.Appointment.with {
    $0.name = appointmentName
    $0.etag = "\"0app.2\""
    $0.state = .inProgress
    $0.slot = slotName
    $0.service = "offices/gt-xel-01/services/interview"
    $0.registration = registrationName
    $0.attendees = [principal, child].map { name in .with { $0.person = name } }
    $0.seats = 2
    $0.startTime = time("2023-07-03T14:00:00Z")
    $0.endTime = time("2023-07-03T15:00:00Z")
    $0.timeZone = "America/Guatemala"
  }

  static let consent = SafeMobility.Consent.with {
    $0.name = "registrations/0reg/consents/0con"
    $0.etag = "\"0con.1\""
    $0.state = .active
    $0.person = principal
    $0.grantor = principal
    $0.recipient = "partners/us-rsc"
    $0.purpose = .resettlement
  }

  static let pathway = SafeMobility.Pathway.with {
    $0.name = "pathways/USRAP"
    $0.code = "USRAP"
    $0.regionCode = "US"
    $0.authorities = ["partners/us-rsc"]
    $0.initiator = .office
    $0.protection = true
    $0.requiredConsents = [
      .with {
        $0.recipient = "partners/us-rsc"
        $0.purpose = .resettlement
      }
    ]
  }

  static let referral = SafeMobility.Referral.with {
    $0.name = "referrals/0ref"
    $0.etag = "\"0ref.4\""
    $0.state = .sent
    $0.registration = registrationName
    $0.persons = [principal, child]
    $0.pathway = "pathways/USRAP"
    $0.toPartner = "partners/us-rsc"
    $0.release = .with { $0.releaseSha256 = [UInt8](repeating: 0xAB, count: 32) }
  }

  /// The private key of RFC 8410, 10.3.
  static let ed25519Key = """
    -----BEGIN PRIVATE KEY-----
    MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
    -----END PRIVATE KEY-----

    """

  static func time(_ text: String) -> GoogleProtobuf.Timestamp? { .init(text: text) }

  /// A server that can be read from, and answers every change with an empty response.
  static func server() -> FakeServer {
    let server = FakeServer()
    for method in Contract.methods { server.answer(method, GoogleProtobuf.Empty()) }
    typealias Applicants = SafeMobility.ApplicantServiceMethods
    typealias Offices = SafeMobility.OfficeServiceMethods
    server.answer(
      SafeMobility.ProgramServiceMethods.getProgram,
      SafeMobility.GetProgramResponse.with { $0.program = .with { $0.etag = "\"pilot.1\"" } })
    server.answer(
      SafeMobility.ProgramServiceMethods.listIntakeWindows,
      SafeMobility.ListIntakeWindowsResponse.with {
        $0.intakeWindows = [
          .with {
            $0.name = "programs/gt-pilot-2023/intakeWindows/opening"
            $0.etag = "\"opening.1\""
          }
        ]
      })
    server.answer(
      SafeMobility.PartnerServiceMethods.getPartner,
      SafeMobility.GetPartnerResponse.with { $0.partner = .with { $0.etag = "\"rsc.1\"" } })
    server.answer(
      Offices.getOffice,
      SafeMobility.GetOfficeResponse.with { $0.office = .with { $0.etag = "\"xel.1\"" } })
    server.answer(
      Offices.getService,
      SafeMobility.GetServiceResponse.with { $0.service = .with { $0.etag = "\"int.1\"" } })
    server.answer(
      Offices.getSchedule,
      SafeMobility.GetScheduleResponse.with { $0.schedule = .with { $0.etag = "\"mor.1\"" } })
    server.answer(
      Applicants.getRegistration,
      SafeMobility.GetRegistrationResponse.with { $0.registration = registration })
    server.answer(
      Applicants.listConsents, SafeMobility.ListConsentsResponse.with { $0.consents = [consent] })
    server.answer(
      SafeMobility.AppointmentServiceMethods.getAppointment,
      SafeMobility.GetAppointmentResponse.with { $0.appointment = appointment })
    server.answer(
      SafeMobility.ReferralServiceMethods.getReferral,
      SafeMobility.GetReferralResponse.with { $0.referral = referral })
    server.answer(
      SafeMobility.ReferralServiceMethods.listPathways,
      SafeMobility.ListPathwaysResponse.with { $0.pathways = [pathway] })
    return server
  }
}
