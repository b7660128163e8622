import Domain
import Storage

extension MemoryTransaction {
  func program(_ id: ProgramID) -> Program? { state.programs[id] }
  func programs() -> [Program] { state.programs.values.sorted { $0.id < $1.id } }
  func insert(_ program: Program) throws { try add(program, program.id, to: \.programs) }
  func update(_ program: Program, from version: Version) throws {
    try replace(program, program.id, in: \.programs, from: version, \.revision.version)
  }

  func intakeWindow(_ id: IntakeWindowID) -> IntakeWindow? { state.windows[id] }
  func intakeWindows(
    of program: ProgramID, after key: TimeKey<IntakeWindowID>?, limit: Int
  ) -> Page<IntakeWindow> {
    page(state.windows.values.filter { $0.id.program == program }, after: key, limit: limit) {
      TimeKey($0.openTime, $0.id)
    }
  }
  func insert(_ window: IntakeWindow) throws {
    try require(state.programs[window.id.program] != nil)
    try checkQuota(window)
    try add(window, window.id, to: \.windows)
  }
  func update(_ window: IntakeWindow, from version: Version) throws {
    try checkQuota(window)
    try replace(window, window.id, in: \.windows, from: version, \.revision.version)
  }
  private func checkQuota(_ window: IntakeWindow) throws {
    guard window.quota >= 1, (0...window.quota).contains(window.admitted) else {
      throw StoreError.conflict(.range)
    }
  }

  func eligibilityRules(of program: ProgramID) -> [EligibilityRule] {
    state.rules.filter { $0.program == program }.sorted { $0.version < $1.version }
  }
  func eligibilityRule(of program: ProgramID, at instant: Instant) -> EligibilityRule? {
    eligibilityRules(of: program).last { $0.isEffective(at: instant) }
  }
  func insert(_ rule: EligibilityRule) throws {
    try require(state.programs[rule.program] != nil)
    guard !eligibilityRules(of: rule.program).contains(where: { $0.version == rule.version }) else {
      throw StoreError.conflict(.identifier)
    }
    state.rules.append(rule)
  }

  func office(_ id: OfficeID) -> Office? { state.offices[id] }
  func offices(after id: OfficeID?, limit: Int) -> Page<Office> {
    let found = state.offices.values.filter { office in id.map { $0 < office.id } ?? true }
    return Page(found: found.sorted { $0.id < $1.id }, limit: limit)
  }
  func insert(_ office: Office) throws { try add(office, office.id, to: \.offices) }
  func update(_ office: Office, from version: Version) throws {
    try replace(office, office.id, in: \.offices, from: version, \.revision.version)
  }

  func serviceOffer(_ id: ServiceOfferID) -> ServiceOffer? { state.offers[id] }
  func serviceOffers(of office: OfficeID) -> [ServiceOffer] {
    state.offers.values.filter { $0.office == office }.sorted { $0.id < $1.id }
  }
  func insert(_ offer: ServiceOffer) throws {
    try require(state.offices[offer.office] != nil)
    try add(offer, offer.id, to: \.offers)
  }
  func update(_ offer: ServiceOffer, from version: Version) throws {
    try replace(offer, offer.id, in: \.offers, from: version, \.revision.version)
  }

  func schedule(_ id: ScheduleID) -> Schedule? { state.schedules[id] }
  func schedules(of office: OfficeID, after id: ScheduleID?, limit: Int) -> Page<Schedule> {
    let found = state.schedules.values.filter { schedule in
      schedule.service.office == office && id.map { $0 < schedule.id } ?? true
    }
    return Page(found: found.sorted { $0.id < $1.id }, limit: limit)
  }
  func insert(_ schedule: Schedule) throws {
    try require(state.offers[schedule.service] != nil)
    try add(schedule, schedule.id, to: \.schedules)
  }
  func update(_ schedule: Schedule, from version: Version) throws {
    try replace(schedule, schedule.id, in: \.schedules, from: version, \.revision.version)
  }
}
