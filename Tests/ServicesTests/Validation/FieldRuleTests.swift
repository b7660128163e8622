import Domain
import Protobuf
import SafeMobilityAPI
import ServiceFixture
import Testing

@testable import Services

/// Every rule of the schema, with what just passes and what just does not.
@Suite("Field rules")
struct FieldRuleTests {
  /// The paths at fault, in order; empty when a request is valid.
  static func fields(_ request: some Message, now: Instant = World.opening) throws -> [String] {
    try violations(request, now: now).map(\.field)
  }

  static func violations(
    _ request: some Message, now: Instant = World.opening
  ) throws -> [Refusal.Violation] {
    do {
      try RequestValidator().check(request, now: now)
    } catch let refusal as Refusal {
      #expect(refusal.reason == .fieldInvalid)
      return refusal.violations
    }
    return []
  }

  typealias Form = SafeMobility.CreateRegistrationRequest
  typealias Change = @Sendable (inout Form) -> Void

  static let valid: [Change] = [
    { _ in },
    { $0.principal?.fullName = "M" },
    { $0.principal?.fullName = String(repeating: "é", count: 200) },
    { $0.principal?.genderText = String(repeating: "a", count: 60) },
    { $0.principal?.birthDate = .with { $0.year = 1990 } },
    { $0.principal?.birthDate = .with { $0.year = 2023 } },
    { $0.principal?.photoSha256 = [UInt8](repeating: 0, count: 32) },
    { $0.principal?.nationalityCodes = ["GT", "SV"] },
    { $0.principal?.icaoStatus = "XXA" },
    { $0.principal?.email = "marta@example.org" },
    { $0.registration?.subdivisionCode = "" },
    { $0.registration?.languageCode = "es-GT" },
    { $0.registration?.answers?.workYears = 0 },
    { $0.registration?.answers?.workYears = 80 },
    { $0.registration?.answers?.occupationCodes = ["9", "9211"] },
    // Nothing below what only the server sets is looked at.
    { $0.registration?.receipt = "no receipt" },
    { $0.registration?.persons = [.init()] },
    { $0.members = [] },
    { $0.members = (0..<19).map { _ in ApplicantCase.member(.child, "Ana", 2012, 1, 1) } },
  ]

  @Test("what the schema allows passes", arguments: Self.valid)
  func passes(_ change: Change) throws {
    #expect(try Self.fields(ApplicantCase.form(change)) == [])
  }

  static let invalid: [(String, Change)] = [
    ("registration", { $0.registration = nil }),
    ("principal", { $0.principal = nil }),
    ("principal.full_name", { $0.principal?.fullName = "" }),
    ("principal.full_name", { $0.principal?.fullName = String(repeating: "e", count: 201) }),
    ("principal.full_name", { $0.principal?.fullName = "Marta\u{7}" }),
    ("principal.full_name", { $0.principal?.fullName = "Jose\u{301}" }),
    ("principal.gender_text", { $0.principal?.genderText = String(repeating: "a", count: 61) }),
    ("principal.birth_date", { $0.principal?.birthDate = nil }),
    (
      "principal.birth_date",
      {
        $0.principal?.birthDate = .with {
          $0.year = 2023
          $0.month = 2
          $0.day = 29
        }
      }
    ),
    ("principal.birth_date", { $0.principal?.birthDate = .with { $0.year = 2024 } }),
    ("principal.sex", { $0.principal?.sex = .unrecognized(9) }),
    ("principal.photo_sha256", { $0.principal?.photoSha256 = [UInt8](repeating: 0, count: 31) }),
    ("principal.nationality_codes[0]", { $0.principal?.nationalityCodes = ["gt"] }),
    ("principal.nationality_codes[1]", { $0.principal?.nationalityCodes = ["GT", "GT"] }),
    (
      "principal.nationality_codes",
      { $0.principal?.nationalityCodes = (0..<11).map { "A\($0)" } }
    ),
    ("principal.icao_status", { $0.principal?.icaoStatus = "XXD" }),
    ("principal.email", { $0.principal?.email = "marta" }),
    ("principal.guardian", { $0.principal?.guardian = "persons/1" }),
    ("principal.name_parts[0].text", { $0.principal?.nameParts = [.init()] }),
    ("registration.program", { $0.registration?.program = "" }),
    ("registration.program", { $0.registration?.program = "programs/" }),
    ("registration.program", { $0.registration?.program = "programs/a/b" }),
    ("registration.channel", { $0.registration?.channel = .unspecified }),
    ("registration.channel", { $0.registration?.channel = .unrecognized(7) }),
    ("registration.subdivision_code", { $0.registration?.subdivisionCode = "GT09" }),
    ("registration.language_code", { $0.registration?.languageCode = "-" }),
    ("registration.answers.work_years", { $0.registration?.answers?.workYears = -1 }),
    ("registration.answers.work_years", { $0.registration?.answers?.workYears = 81 }),
    (
      "registration.answers.occupation_codes[1]",
      { $0.registration?.answers?.occupationCodes = ["9211", "92110"] }
    ),
    ("members[1].relationship", { $0.members[1].relationship = .unspecified }),
    ("members[1].person.birth_date", { $0.members[1].person?.birthDate?.month = 13 }),
    (
      "members",
      { $0.members = (0..<20).map { _ in ApplicantCase.member(.child, "Ana", 2012, 1, 1) } }
    ),
    ("request_id", { $0.requestId = "1" }),
  ]

  @Test("what it does not allow is named by its path", arguments: Self.invalid)
  func named(_ path: String, _ change: Change) throws {
    #expect(try Self.fields(ApplicantCase.form(change)) == [path])
  }

  @Test("violations come in the order of the schema, every time, and never with a value")
  func order() throws {
    let secret = "Xochitl\u{1}"
    let request = ApplicantCase.form {
      $0.requestId = secret
      $0.members[1].person?.email = secret
      $0.members[0].person?.phone = secret
      $0.principal?.fullName = secret
      $0.principal?.nationalityCodes = [secret]
      $0.registration?.municipality = secret
      $0.registration?.languageCode = secret
    }
    let found = try Self.violations(request)
    #expect(
      found.map(\.field) == [
        "registration.municipality", "registration.language_code", "principal.full_name",
        "principal.nationality_codes[0]", "members[0].person.phone", "members[1].person.email",
        "request_id",
      ])
    for _ in 0..<5 { #expect(try Self.violations(request) == found) }
    #expect(found.allSatisfy { !$0.problem.contains("Xochitl") })
  }

  @Test("a request that is wrong everywhere is not answered with a book")
  func many() throws {
    let request = ApplicantCase.form {
      $0.members = (0..<19).map { _ in
        .with { $0.person = .with { $0.nationalityCodes = ["1", "2", "3"] } }
      }
    }
    #expect(try Self.fields(request).count == 50)
  }

  // MARK: Times

  @Test("a day is in the past or the future only where it is that everywhere on Earth")
  func days() throws {
    // Eleven in the evening of 12 June in Guatemala: already the 13th by UTC.
    let night = World.opening + .hours(14)
    func born(_ day: Int32) -> Form {
      ApplicantCase.form { $0.principal = ApplicantCase.person("Ana", 2023, 6, day) }
    }
    #expect(try Self.fields(born(13), now: night) == [])
    #expect(try Self.fields(born(14), now: night) == ["principal.birth_date"])
    func slots(_ first: Int32) -> SafeMobility.GenerateSlotsRequest {
      func day(_ day: Int32) -> SafeMobility.CivilDate {
        .with {
          $0.year = 2023
          $0.month = 6
          $0.day = day
        }
      }
      return .with {
        $0.schedule = "offices/gt-xel-01/schedules/one"
        $0.startDate = day(first)
        $0.endDate = day(20)
        $0.requestId = requestID()
      }
    }
    #expect(try Self.fields(slots(12), now: night) == [])
    #expect(try Self.fields(slots(11), now: night) == ["start_date"])
  }

  @Test(
    "a duration has parts of one sign, within its limits to the nanosecond",
    arguments: [
      (300, 0, true), (28_800, 0, true), (299, 999_999_999, false), (300, -1, false),
      (28_800, 1, false), (600, 1_000_000_000, false),
    ] as [(Int64, Int32, Bool)])
  func duration(_ seconds: Int64, _ nanos: Int32, _ isValid: Bool) throws {
    let request = SafeMobility.UpdateServiceRequest.with {
      $0.service = .with {
        $0.name = "offices/gt-xel-01/services/interview"
        $0.duration = .with {
          $0.seconds = seconds
          $0.nanos = nanos
        }
      }
      $0.updateMask = .init(paths: ["duration"])
      $0.etag = "\"x.1\""
      $0.requestId = requestID()
    }
    #expect(try Self.fields(request) == (isValid ? [] : ["service.duration"]))
  }

  // MARK: Masks

  static func update(_ mask: [String]?, _ person: SafeMobility.Person) throws -> [String] {
    try fields(
      SafeMobility.UpdatePersonRequest.with {
        $0.person = person
        $0.updateMask = mask.map { .init(paths: $0) }
        $0.etag = "\"x.1\""
        $0.requestId = requestID()
      })
  }

  @Test("of a resource to update only what the mask names is checked")
  func masks() throws {
    let wrong = SafeMobility.Person.with {
      $0.name = "registrations/a/persons/b"
      $0.phone = "1"
      $0.email = "1"
    }
    #expect(try Self.update(["phone"], wrong) == ["person.phone"])
    #expect(try Self.update(["email", "phone"], wrong) == ["person.phone", "person.email"])
    #expect(try Self.update(["full_name"], wrong) == ["person.full_name"])
    // Without a mask, what is populated; by `*`, everything.
    #expect(try Self.update(nil, wrong) == ["person.phone", "person.email"])
    #expect(
      try Self.update(["*"], wrong) == [
        "person.full_name", "person.birth_date", "person.phone", "person.email",
      ])
    #expect(try Self.update(["gender_text"], .with { $0.name = "x" }) == ["person.name"])
  }

  @Test(
    "a mask leads to a field that callers set",
    arguments: [
      "uid", "documents", "cluster_uid", "nothing", "birth_date.nothing", "name_parts.text", "",
      "birth_date.", "*.phone",
    ])
  func wrongMask(_ path: String) throws {
    let person = SafeMobility.Person.with { $0.name = "registrations/a/persons/b" }
    #expect(try Self.update(["phone", path], person).first == "update_mask.paths[1]")
  }
}
