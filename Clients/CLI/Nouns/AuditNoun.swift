import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI

/// `pasarela audit`.
struct AuditNoun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "The log of every call, and the proof that nobody has changed it.",
    subcommands: [
      List.self, ShowCheckpoint.self, Prove.self, ShowReceipt.self, ExportLog.self,
      VerifyLog.self,
    ])

  /// The log that there is.
  static let log = "auditLogs/safemobility"

  struct List: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Lists entries in their order.",
      discussion:
        "For example: pasarela audit list --filter 'decision = DENY AND partner = partners/us-rsc'")
    static let method = SafeMobility.AuditServiceMethods.listEntries
    static let purpose = SafeMobility.Purpose.oversight
    typealias Request = SafeMobility.ListEntriesRequest
    typealias Response = SafeMobility.ListEntriesResponse

    @Option(help: "Comparisons of partner, role, method, decision and event_time, joined by AND.")
    var filter: String?
    @OptionGroup var page: PageOptions
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.ListEntriesRequest, _ session: Session) {
      request.parent = AuditNoun.log
      request.filter = filter ?? ""
      page.fill(&request.pageSize, &request.pageToken)
    }
  }

  struct ShowCheckpoint: Verb {
    static let configuration = CommandConfiguration(
      commandName: "checkpoint", abstract: "Shows the latest signed checkpoint, or that of a size.",
      discussion:
        "Keep it: with --checkpoint, `pasarela audit verify` later checks a log against it.")
    static let method = SafeMobility.AuditServiceMethods.getCheckpoint
    static let purpose = SafeMobility.Purpose.oversight
    typealias Request = SafeMobility.GetCheckpointRequest
    typealias Response = SafeMobility.GetCheckpointResponse

    @Option(help: "How many entries it is of.") var size: Int64?
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.GetCheckpointRequest, _ session: Session) {
      request.parent = AuditNoun.log
      request.treeSize = size
    }
  }

  struct Prove: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Proves that an entry is in the log of a checkpoint.")
    static let method = SafeMobility.AuditServiceMethods.getInclusionProof
    static let purpose = SafeMobility.Purpose.oversight
    typealias Request = SafeMobility.GetInclusionProofRequest
    typealias Response = SafeMobility.GetInclusionProofResponse

    @Argument(help: "auditLogs/LOG/entries/ID, or the ID.") var entry: String
    @Option(help: "The size of the checkpoint; the latest if it is left out.") var size: Int64?
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.GetInclusionProofRequest, _ session: Session)
      async throws
    {
      request.name = AuditNoun.name(of: entry)
      if let size {
        request.treeSize = size
      } else {
        request.treeSize = try await session.checkpoint().treeSize
      }
    }
  }

  struct ShowReceipt: Verb {
    static let configuration = CommandConfiguration(
      commandName: "receipt", abstract: "Shows what proves a call of your own.",
      discussion: "The entry is what the answer to the call named as pasarela-audit-entry.")
    static let method = SafeMobility.AuditServiceMethods.getReceipt
    typealias Request = SafeMobility.GetReceiptRequest
    typealias Response = SafeMobility.GetReceiptResponse

    @Argument(help: "auditLogs/LOG/entries/ID, or the ID.") var entry: String
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.GetReceiptRequest, _ session: Session) {
      request.name = AuditNoun.name(of: entry)
    }
  }

  /// The name of an entry that may be given by its id alone.
  fileprivate static func name(of entry: String) -> String {
    entry.contains("/") ? entry : "\(log)/entries/\(entry)"
  }
}

extension Session {
  /// The log's latest checkpoint.
  func checkpoint() async throws(CommandFailure) -> SafeMobility.Checkpoint {
    let request = SafeMobility.GetCheckpointRequest.with { $0.parent = AuditNoun.log }
    let response: SafeMobility.GetCheckpointResponse = try await call(
      SafeMobility.AuditServiceMethods.getCheckpoint, request)
    return response.checkpoint ?? .init()
  }
}
