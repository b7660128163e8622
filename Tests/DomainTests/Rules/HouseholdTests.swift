import Domain
import Testing

@Suite struct HouseholdTests {
  static let today = Fixture.date("2023-07-03")

  static func form(
    _ births: [String?] = ["1990-01-01", "1991-01-01", "2015-01-01"],
    _ change: (inout Completeness.Form) -> Void = { _ in }
  ) -> Completeness.Form {
    var registration = Fixture.registration(.draft)
    registration.answers.hostStatus = .national
    let ids = [Fixture.first, Fixture.second, Fixture.third]
    var form = Completeness.Form(
      registration: registration,
      persons: zip(ids, births).map { Fixture.person($0, born: $1) },
      documents: [
        IdentityDocument(
          id: Fixture.id(70), person: Fixture.first, kind: .none, number: "",
          revision: Revision(createdAt: Fixture.now))
      ], today: today)
    change(&form)
    return form
  }

  static func gaps(_ change: (inout Completeness.Form) -> Void) -> [String] {
    Completeness.gaps(form(["1990-01-01", "1991-01-01", "2015-01-01"], change)).map(\.field)
  }

  @Test("a household of a principal, a spouse and a child is complete")
  func complete() {
    #expect(Self.gaps { _ in }.isEmpty)
  }

  @Test("what is missing is named by its field")
  func missing() {
    #expect(Self.gaps { $0.persons[0].fullName = " " } == ["principal.full_name"])
    #expect(Self.gaps { $0.persons[2].birthDate = nil } == ["members[1].person.birth_date"])
    #expect(
      Self.gaps { $0.persons[1].birthDate = Fixture.date("2023-07-04") }
        == ["members[0].person.birth_date"])
    #expect(Self.gaps { $0.persons[1].birthDate = Self.today }.isEmpty)
    #expect(Self.gaps { $0.persons[0].nationalities = [] } == ["principal.nationality_codes"])
    #expect(
      Self.gaps {
        $0.persons[0].nationalities = []
        $0.persons[0].icaoStatus = .stateless
      }.isEmpty)
    #expect(Self.gaps { $0.persons[0].phone = nil } == ["principal.phone"])
    #expect(
      Self.gaps {
        $0.persons[0].phone = nil
        $0.persons[0].email = EmailAddress(rawValue: "a@example.org")
      }.isEmpty)
    #expect(Self.gaps { $0.documents = [] } == ["principal.documents"])
    #expect(Self.gaps { $0.registration.answers.hostStatus = nil } == ["answers.host_status"])
  }

  @Test("a household without its principal's data, so of nobody, cannot be submitted")
  func nobody() {
    #expect(
      Self.gaps {
        $0.registration.members = []
        $0.persons = []
      } == ["principal"])
  }

  @Test("every member is a person of the registration, once, and not the principal")
  func members() {
    #expect(
      Self.gaps { $0.registration.members[1].person = Fixture.second }
        == ["members[1].person"])
    #expect(
      Self.gaps { $0.registration.members[1].person = Fixture.first } == ["members[1].person"])
    #expect(
      Self.gaps { $0.registration.members[1].person = PersonID(checked: "x") }
        == ["members[1].person"])
  }

  @Test(
    "children and grandchildren are under age, unless that is not sure",
    arguments: [
      (Relation.child, "2005-07-04", true), (.child, "2005-07-03", false),
      (.stepChild, "2005", true), (.adoptedChild, "2004", false),
      (.grandchildMinor, "2005-07-03", false), (.grandchildMinor, "2020", true),
      (.parent, "1960", true), (.parent, "1989-12-31", true), (.parent, "1990-01-02", false),
      (.spouse, "2010", true),
    ])
  func relations(relation: Relation, born: String, isTaken: Bool) {
    func gaps(isEstimated: Bool) -> [String] {
      Self.gaps {
        $0.registration.members = [
          Member(person: Fixture.third, relation: relation, standing: .active)
        ]
        $0.persons.remove(at: 1)
        $0.persons[1].birthDate = Fixture.date(born)
        $0.persons[1].isBirthDateEstimated = isEstimated
      }
    }
    #expect(gaps(isEstimated: false) == (isTaken ? [] : ["members[0].relationship"]))
    #expect(gaps(isEstimated: true) == [])
  }

  @Test("there is one spouse, there are two parents at most")
  func counts() {
    func gaps(_ relation: Relation, _ count: Int) -> [String] {
      Self.gaps { form in
        form.registration.members = (0..<count).map {
          Member(person: PersonID(checked: "p\($0)"), relation: relation, standing: .active)
        }
        form.persons =
          [form.persons[0]]
          + form.registration.members.map { Fixture.person($0.person, born: "1960") }
      }
    }
    #expect(gaps(.spouse, 1).isEmpty)
    #expect(gaps(.spouse, 2) == ["members"])
    #expect(gaps(.parent, 2).isEmpty)
    #expect(gaps(.parent, 3) == ["members"])
  }

  @Test("a household has at most twenty people", arguments: [19, 20])
  func size(memberCount: Int) {
    let gaps = Self.gaps { form in
      form.registration.members = (0..<memberCount).map {
        Member(person: PersonID(checked: "p\($0)"), relation: .child, standing: .active)
      }
      form.persons =
        [form.persons[0]]
        + form.registration.members.map { Fixture.person($0.person, born: "2020") }
    }
    #expect(gaps == (memberCount == 19 ? [] : ["members"]))
  }

  @Test("a guardian is another one of the household")
  func guardian() {
    #expect(Self.gaps { $0.persons[2].guardian = Fixture.first }.isEmpty)
    for wrong in [Fixture.third, PersonID(checked: "stranger")] {
      #expect(
        Self.gaps { $0.persons[2].guardian = wrong } == ["members[1].person.guardian"])
    }
  }

  @Test("who is not surely a minor consents for themselves")
  func adults() {
    let form = Self.form(["1990-01-01", "2005", "2010"])
    #expect(
      Household.adults(form.persons, today: Self.today) == [Fixture.first, Fixture.second])
  }
}
