import Domain
import Storage

extension Writing {
  /// What a household lacks for a pathway that only a petitioner begins; nil when nothing surely is.
  func lack(
    for pathway: PathwayID, of registration: Registration
  ) throws -> PetitionRule.Lack? {
    let program = try found(try tx.program(registration.program))
    return ReferenceData.petitionRule(of: pathway).lack(
      of: registration.answers, persons: try tx.persons(of: registration.id),
      today: program.zone.local(now).date)
  }

  /// Refuses findings that contradict what the answers say of petitioners: a pathway found open that
  /// nobody petitions for, and somebody missed who is there.
  func demandPetitions(
    for findings: [EligibilityFinding], of registration: Registration
  ) throws {
    for (index, finding) in findings.enumerated() {
      let pathway = try found(try tx.pathway(finding.pathway))
      let lack =
        pathway.initiator == .petitionerOnly
        ? try lack(for: pathway.id, of: registration) : nil
      guard let problem = finding.contradiction(pathway, lack: lack) else { continue }
      throw Refusal(
        finding.finding == .eligible ? .ruleNotMet : .fieldInvalid,
        violations: [.init("findings[\(index)].\(problem.field)", problem.problem)])
    }
  }
}
