import Protobuf
public import RPCCore
import SafeMobilityAPI
public import Testing

/// What a refused call tells its caller.
public struct Refused: Sendable, Equatable, CustomStringConvertible {
  /// The status code.
  public var code: StatusCode
  /// ErrorInfo.reason.
  public var reason: String
  /// The fields at fault.
  public var fields: [String]

  /// What an error tells; nil when it carries no ErrorInfo.
  public init?(_ error: RPCError) {
    guard let details = error.details, let status = try? GoogleRPC.Status(serializedBytes: details),
      let info = status.details.lazy.compactMap({
        try? $0.unpacked(as: GoogleRPC.ErrorInfo.self)
      }).first
    else { return nil }
    code = error.code
    reason = info.reason
    let requests = status.details.compactMap { try? $0.unpacked(as: GoogleRPC.BadRequest.self) }
    fields = requests.flatMap(\.fieldViolations).map(\.field)
  }

  /// As a failed expectation shows it.
  public var description: String { "\(code.name) \(reason) \(fields)" }
}

/// Expects a call to be refused for a reason.
///
///     await expectRefusal("ETAG_MISMATCH", .aborted) { try await admin.programs.updateProgram(…) }
@discardableResult
public func expectRefusal(
  _ reason: String, _ code: StatusCode, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () async throws -> Void
) async -> Refused? {
  do {
    try await body()
    Issue.record(
      "the call was answered, not refused with \(reason)", sourceLocation: sourceLocation)
  } catch let error as RPCError {
    let refused = Refused(error)
    #expect(
      refused?.reason == reason && error.code == code,
      "\(error.code.name) \(refused?.reason ?? error.message)", sourceLocation: sourceLocation)
    return refused
  } catch {
    Issue.record(error, sourceLocation: sourceLocation)
  }
  return nil
}
