import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI

/// `pasarela registration record-eligibility`: what an interview found, pathway by pathway.
struct RecordEligibility: Verb {
  static let configuration = CommandConfiguration(
    commandName: "record-eligibility",
    abstract: "Records what was found, pathway by pathway; a second person must do the same.")
  static let method = SafeMobility.ApplicantServiceMethods.recordEligibility
  static let secondPerson: String? = "A REVIEWER"
  static var requestID: WritableKeyPath<Request, String>? { \.requestId }
  typealias Request = SafeMobility.RecordEligibilityRequest
  typealias Response = SafeMobility.RecordEligibilityResponse

  @Argument(help: "registrations/ID.") var name: String
  @Option(help: "A pathway found open, such as USRAP; may be repeated.") var eligible: [String] = []
  @Option(help: "PATHWAY:REASON for one found closed; may be repeated.")
  var notEligible: [ClosedPathway] = []
  @Option(help: "RecordEligibilityRequest as JSON; - is standard input.") var file: RequestFile?
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard file != nil || !(eligible.isEmpty && notEligible.isEmpty) else {
      throw ValidationError("say what was found: --eligible, --not-eligible or --file")
    }
  }

  func fill(_ request: inout Request, _ session: Session) async throws {
    if let file { request = try file.read(as: Request.self) }
    request.name = name
    request.findings += eligible.map { code in
      .with {
        $0.pathway = "pathways/\(code)"
        $0.finding = .eligible
      }
    }
    request.findings += notEligible.map { closed in
      .with {
        $0.pathway = "pathways/\(closed.code)"
        $0.finding = .notEligible
        $0.reason = closed.reason
      }
    }
    try await session.fill(&request.etag, of: name)
  }

  /// `PATHWAY:REASON`, such as `US-H2A:NO_EMPLOYER`.
  struct ClosedPathway: ExpressibleByArgument {
    let code: String
    let reason: SafeMobility.FindingReason

    init?(argument: String) {
      let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty,
        let reason = EnumArgument<SafeMobility.FindingReason>(argument: String(parts[1]))
      else { return nil }
      code = String(parts[0])
      self.reason = reason.value
    }
  }
}
