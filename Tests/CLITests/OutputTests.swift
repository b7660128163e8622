import Protobuf
import SafeMobilityAPI
import Testing

/// What people see when a call succeeds.
@Suite struct OutputTests {
  private typealias Offices = SafeMobility.OfficeServiceMethods
  private typealias Applicants = SafeMobility.ApplicantServiceMethods

  private static let slots = SafeMobility.ListSlotsResponse.with {
    $0.slots = [(8, "14:00", 2), (9, "15:00", 10)].map { hour, time, free in
      .with {
        $0.name = "offices/gt-xel-01/schedules/mornings/slots/0\(hour)"
        $0.startTime = Sample.time("2023-07-03T\(time):00Z")
        $0.timeZone = "America/Guatemala"
        $0.capacity = 10
        $0.freeSeats = Int32(free)
        $0.languageCodes = ["es-GT", "quc", "mam"]
      }
    }
    $0.nextPageToken = "next one"
  }

  /// A run and the name of its golden file.
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var line: String
    var width: Int?
    var environment: [String: String] = [:]
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "slots", line: "slot list offices/gt-xel-01 -o table"),
    Case(name: "slots-narrow", line: "slot list offices/gt-xel-01", width: 90),
    Case(
      name: "slots-plain", line: "slot list offices/gt-xel-01", width: 140,
      environment: ["NO_COLOR": "1"]),
    Case(name: "slots-json", line: "slot list offices/gt-xel-01"),
    Case(name: "slots-name", line: "slot list offices/gt-xel-01 -o name"),
    Case(name: "slots-value", line: "slot list offices/gt-xel-01 -o value=slots.start_time"),
    Case(name: "registration", line: "registration show registrations/0reg --full -o table"),
    Case(
      name: "registration-zone",
      line: "-o table --zone America/Guatemala registration show registrations/0reg"),
    Case(
      name: "registration-value",
      line: "registration show registrations/0reg -o value=registration.members[0].person"),
    Case(name: "appointment", line: "appointment show appointments/0app -o table"),
    Case(name: "referral", line: "referral show referrals/0ref -o table"),
    Case(name: "pathways", line: "referral pathways -o table"),
    Case(name: "nothing", line: "partner list -o table"),
    Case(
      name: "no-such-field", line: "registration show registrations/0reg -o value=registration.nam"),
    Case(
      name: "created",
      line: "slot generate offices/gt-xel-01/schedules/m --from 2023-07-03 "
        + "--through 2023-07-31 -o table"),
  ]

  @Test("people read what the golden files say", arguments: cases)
  func transcripts(example: Case) async throws {
    var world = CommandWorld(server: Sample.server(), terminalWidth: example.width)
    world.environment.merge(example.environment) { $1 }
    world.server.answer(Offices.listSlots, Self.slots)
    world.server.answer(
      Offices.generateSlots,
      SafeMobility.GenerateSlotsResponse.with {
        $0.created = 40
        $0.existing = 2
      })
    let run = await world.run(example.line)
    try GoldenText.check("$ pasarela \(example.line)\n\(run.transcript)", example.name)
  }

  @Test("a move that waits for a second person says so, with the command for that person")
  func secondPerson() async throws {
    let world = CommandWorld(server: Sample.server())
    world.server.answer(
      Applicants.recordEligibility,
      SafeMobility.RecordEligibilityResponse.with {
        $0.registration = Sample.registration
        $0.pendingApproval = .with {
          $0.method = "safemobility.v1.ApplicantService/RecordEligibility"
          $0.resource = Sample.registrationName
          $0.expireTime = Sample.time("2023-06-16T14:00:00Z")
        }
      })
    let line =
      "registration record-eligibility registrations/0reg --eligible USRAP --as iom/INTERVIEWER -o name"
    let run = await world.run(line)
    try GoldenText.check("$ pasarela \(line)\n\(run.transcript)", "second-person")
  }

  @Test("a server cannot write to the terminal by the texts it sends")
  func controlCharacters() async throws {
    let world = CommandWorld(server: Sample.server())
    world.server.answer(
      SafeMobility.PartnerServiceMethods.getPartner,
      SafeMobility.GetPartnerResponse.with {
        $0.partner = .with {
          $0.name = "partners/x"
          $0.displayName = "\u{1B}]0;mine\u{07}\nsecond line\u{9B}2J"
        }
      })
    let run = await world.run("partner show partners/x -o table")
    #expect(run.output.contains("\u{FFFD}]0;mine\u{FFFD}\u{FFFD}second line\u{FFFD}2J"))
    #expect(!run.output.contains("\u{1B}"))
  }
}
