import Foundation
import Protobuf
import RPCCore
import SafeMobilityAPI
import Testing

/// Every verb: what it sends for the words it is given.
@Suite struct VerbTests {
  @Test("each verb makes the request that the golden file says, for the purpose it says")
  func requests() async throws {
    var text = ""
    var called: Set<MethodDescriptor> = []
    for line in try commandLines() {
      var world = CommandWorld(server: Sample.server())
      world.files["ed25519.pem"] = Sample.ed25519Key
      world.files["create.json"] = """
        {"registration": {"program": "programs/gt-pilot-2023"}, "principal": {"fullName": "Ana"}}
        """
      let words = try #require(ShellWords.split(line), "\(line)")
      let run = await world.run(words)
      #expect(run.code == 0, "\(line): \(run.errors)")
      let asked = try #require(world.server.asked.last, "\(line)")
      called.insert(asked.method)
      text += "$ pasarela \(line)\n\(try shown(asked))\n\n"
    }
    try GoldenText.check(text, "requests")
    let missing = Contract.methods.filter {
      !called.contains($0) && !Self.later.contains($0.method)
    }
    #expect(missing.isEmpty, "methods of the first road without a verb")
  }

  /// The methods of the contract that work after the first road brings.
  private static let later: Set<String> = [
    "BlockSlots", "WatchSlots", "ReopenRegistration",
    "ResolveRegistration", "FindDuplicates", "ListDuplicateCandidates", "ResolveDuplicate",
    "CheckPresence", "LookupReceipt", "ListDisclosures", "WatchRegistrations", "OfferAppointment",
    "ConfirmAppointment", "RescheduleAppointment", "MarkNoShow", "ExcuseNoShow",
    "VoidAppointment", "JoinWaitlist", "LeaveWaitlist", "ListWaitlist", "WatchAppointments",
    "ResendReferral", "RequestWithdrawal", "ConfirmWithdrawal", "CloseReferral", "RecordAdvice",
    "WatchReferrals", "Exchange", "GetPolicy", "ExplainAccess",
  ]

  private func commandLines() throws -> [String] {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Golden/requests.commands")
    return String(decoding: try Data(contentsOf: file), as: UTF8.self)
      .split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
  }

  /// Method, purpose and request; the random request_id only as far as it must be one.
  private func shown(_ asked: FakeServer.Asked) throws -> String {
    let pool = DescriptorPool(SafeMobility.fileDescriptors)
    let type = try #require(pool.message(named: "safemobility.v1.\(asked.method.method)Request"))
    let json = try Self.json(type, asked.request)
    let id = /"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"/
    let purpose = asked.metadata["pasarela-purpose"] ?? "without a purpose"
    return "\(asked.method.method) for \(purpose)\n" + json.replacing(id, with: "\"UUID\"")
  }

  private static func json<Value: Message>(_ type: Value.Type, _ bytes: [UInt8]) throws -> String {
    var options = JSONEncodingOptions()
    options.pretty = true
    return try Value(serializedBytes: bytes).jsonString(options: options)
  }
}
