import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

extension ProgramDesk {
  public func listEligibilityRules(
    _ request: SafeMobility.ListEligibilityRulesRequest, call: ServerCall
  ) async throws -> SafeMobility.ListEligibilityRulesResponse {
    try await desk.read(request, about: request.parent, call) { work in
      let program = try work.program(ProgramID(name: request.parent))
      let instant = request.effectiveTime.flatMap { Instant($0) }
      let page = try work.page(
        request.pageSize, token: request.pageToken,
        filter: [request.parent, instant.map { "\($0)" } ?? ""])
      let before = page.key?.first.flatMap { Int($0) } ?? Int.max
      let all: [EligibilityRule]
      if let instant {
        all = try work.reader.eligibilityRule(of: program.id, at: instant).map { [$0] } ?? []
      } else {
        all = try work.reader.eligibilityRules(of: program.id)
      }
      let rest = all.sorted { $0.version > $1.version }.filter { $0.version < before }
      let rules = Page(found: rest, limit: page.limit)
      return .with {
        $0.eligibilityRules = rules.items.map { .init($0, of: program) }
        if rules.hasMore, let last = rules.items.last {
          $0.nextPageToken = page.token(after: [String(last.version)])
        }
      }
    }
  }

  public func checkEligibility(
    _ request: SafeMobility.CheckEligibilityRequest, call: ServerCall
  ) async throws -> SafeMobility.CheckEligibilityResponse {
    try await desk.read(request, about: request.name, call) { work in
      let program = try work.program(ProgramID(name: request.name))
      let rule = try work.reader.eligibilityRule(of: program.id, at: work.now)
      // Without a rule in force nobody may register; the answer then names none.
      guard let rule else { return .init() }
      let verdict = Eligibility.judge(
        try Eligibility.Facts(request), by: rule, today: program.zone.local(work.now).date)
      return .with {
        $0.ruleMet = verdict.isMet
        $0.unmetCriteria = verdict.unmet.map { .init($0) }
        $0.undecidedCriteria = verdict.undecided.map { .init($0) }
        $0.eligibilityRule = rule.name
        $0.ruleVersion = Int32(rule.version)
      }
    }
  }
}

extension Eligibility.Facts {
  fileprivate init(_ request: SafeMobility.CheckEligibilityRequest) throws(Refusal) {
    var nationalities: [RegionCode] = []
    for code in request.nationalityCodes {
      nationalities.append(try RegionCode(rawValue: code).known("nationality_codes"))
    }
    self.init(
      nationalities: nationalities, birthDate: request.birthDate.flatMap { CivilDate($0) },
      presentSince: request.presentSinceDate.flatMap { CivilDate($0) },
      hostStatus: HostStatus(request.hostStatus))
  }
}

extension EligibilityRule {
  /// `programs/{program}/eligibilityRules/{version}`.
  var name: String { "\(program.name)/eligibilityRules/\(version)" }
}

extension SafeMobility.EligibilityRule {
  /// A rule as the contract has it. Rules are only added with the programme, so that they are as old
  /// as it is and have one version each.
  init(_ rule: EligibilityRule, of program: Program) {
    self.init()
    name = rule.name
    uid = rule.uid.rawValue
    createTime = .init(program.revision.createTime)
    updateTime = .init(program.revision.createTime)
    etag = Etag(uid: rule.uid.rawValue, version: .first).text
    effectiveStartTime = .init(rule.effectiveFrom)
    effectiveEndTime = rule.effectiveUntil.map { .init($0) }
    nationalityCodes = rule.nationalities.map(\.rawValue)
    presenceCutoffDate = rule.presenceCutoff.map { .init($0) }
    hostStatuses = rule.hostStatuses.map { .init($0) }
    minAge = rule.ageMinimumYears.map { Int32($0) }
    version = Int32(rule.version)
  }
}
