import Domain
import Testing

@Suite struct SampleGeneratorTests {
  /// Printed with every failure by the arguments; any seed must do.
  static let seeds: [UInt64] = [1, 42, 20_230_612]

  static func households(_ seed: UInt64, count: Int = 200) -> [SampleHousehold] {
    var generator = SampleGenerator(seed: seed, now: Fixture.now)
    return (0..<count).map { _ in generator.household() }
  }

  @Test("the same seed makes the same people, another seed others", arguments: seeds)
  func seeded(seed: UInt64) {
    #expect(Self.households(seed) == Self.households(seed))
    #expect(Self.households(seed, count: 1) != Self.households(seed + 1, count: 1))
  }

  @Test("every household can be submitted as it is", arguments: seeds)
  func complete(seed: UInt64) {
    for household in Self.households(seed) {
      let gaps = Completeness.gaps(
        Completeness.Form(
          registration: household.registration, persons: household.persons,
          documents: household.documents, today: Fixture.date("2023-07-03")))
      #expect(gaps.isEmpty, "\(household.kind)")
      #expect((1...8).contains(household.registration.householdCount))
    }
  }

  @Test("nobody is real: numbers, mail and names are of the closed lists", arguments: seeds)
  func synthetic(seed: UInt64) throws {
    for household in Self.households(seed) {
      for person in household.persons {
        let words = person.fullName.split(separator: " ").map(String.init)
        #expect(words.allSatisfy(SampleNames.words.contains), "\(person.fullName)")
        if let phone = person.phone { #expect(phone.rawValue.hasPrefix("+5020")) }
        if let email = person.email { #expect(email.rawValue.hasSuffix("@example.org")) }
      }
      for document in household.documents {
        if document.kind == .dpi {
          #expect(try #require(Cui(rawValue: document.number)).department == 99)
        }
        if !document.mrzLines.isEmpty {
          let zone = try #require(
            MachineReadableZone(lines: document.mrzLines, today: Fixture.date("2023-07-03")))
          #expect(zone.isChecked)
          #expect(zone.issuer == "UTO")
        }
      }
    }
  }

  @Test("all kinds of households, dates, documents and languages turn up")
  func variety() {
    let households = Self.households(7, count: 600)
    #expect(Set(households.map(\.kind)).count == SampleHousehold.Kind.allCases.count)
    let births = households.flatMap(\.persons).compactMap(\.birthDate)
    #expect(Set(births.map(\.precision)).count == 3)
    #expect(births.contains { $0.month == 1 && $0.day == 1 })
    let documents = households.flatMap(\.documents)
    #expect(Set(documents.map(\.kind)).isSuperset(of: [.dpi, .passport, .birthCertificate, .none]))
    let warnings = Set(documents.flatMap(\.warnings))
    #expect(warnings.isSuperset(of: [.cuiCheckFailed, .cuiCheckAmbiguous]))
    #expect(
      Set(households.map(\.registration.language)).count == ReferenceData.languages.count)
    let systems = Set(households.flatMap(\.persons).map(\.nameSystem))
    #expect(systems.isSuperset(of: [.twoSurnames, .givenSequence]))
  }

  @Test("twins are born on one whole day and are two persons")
  func twins() throws {
    var generator = SampleGenerator(seed: 3, now: Fixture.now)
    for _ in 0..<20 {
      let household = generator.household(.twins)
      let children = household.persons.dropFirst()
      #expect(Set(children.map(\.birthDate)).count == 1)
      #expect(children.allSatisfy { $0.birthDate?.precision == .day })
      #expect(Set(children.map(\.id)).count == 2)
      let given = children.map { child in
        Set(child.nameParts.filter { ![.paternal, .maternal].contains($0.kind) }.map(\.text))
      }
      #expect(given[0].isDisjoint(with: given[1]))
    }
  }

  @Test("a planted duplicate names the truth, in a registration of its own")
  func duplicates() throws {
    var generator = SampleGenerator(seed: 4, now: Fixture.now)
    for _ in 0..<50 {
      let original = generator.household()
      let duplicate = generator.duplicate(of: original)
      #expect(duplicate.duplicateOf == original.persons[0].id)
      #expect(duplicate.registration.id != original.registration.id)
      #expect(duplicate.persons[0].id == duplicate.registration.principal)
      #expect(duplicate.persons[0].registration == duplicate.registration.id)
      // Spelled otherwise or not, it sounds alike word by word, up to spellings that differ.
      #expect(duplicate.persons[0].nameParts.count == original.persons[0].nameParts.count)
    }
  }

  @Test("a sample world has offices that say SAMPLE, with slots on working days")
  func world() throws {
    var random = SplitMix64(seed: 5)
    let world = try SampleWorld(at: Fixture.now, slotDayCount: 7, using: &random)
    #expect(world.offices.count == 6)
    #expect(world.offices.allSatisfy { $0.displayName.contains("SAMPLE") && $0.locode == nil })
    #expect(world.services.count == 18)
    #expect(world.slots.count == 18 * 2 * 5)
    #expect(world.slots.allSatisfy { $0.start > Fixture.now })
    #expect(world.program.state == .planned)
  }

  @Test("there are samples in every state the first road reaches")
  func states() throws {
    var generator = SampleGenerator(seed: 6, now: Fixture.now)
    let household = generator.household(.threeGenerations)
    for state in RegistrationState.allCases {
      let sample = try generator.registration(of: household, in: state)
      #expect(sample?.state == ([.frozen, .erased].contains(state) ? nil : state))
    }
    for state in ReferralState.allCases {
      #expect(try generator.referral(of: household, in: state)?.state == state)
    }
    var slot = Fixture.slot(in: .days(30))
    slot.capacitySeats = 8
    for state in AppointmentState.allCases {
      let sample = try generator.appointment(
        of: household, in: state, slot: slot, service: Fixture.service())
      #expect(sample?.state == state)
    }
  }
}
