import RPCCore
import Testing

@Suite("Errors of calls")
struct RPCErrorTests {
  private struct Leaky: Error, CustomStringConvertible {
    var description: String { "SELECT name FROM person" }
  }

  @Test("a handler's own RPCError is told as it is")
  func rpcErrorSpeaksForItself() {
    let error = RPCError(.aborted, "etag", details: [1, 2], metadata: ["a": "b"])
    #expect(RPCError(thrownByHandler: error) == error)
  }

  @Test("any other error is UNKNOWN and none of its text gets out (Q26)")
  func foreignErrorIsUnknown() {
    let told = RPCError(thrownByHandler: Leaky())
    #expect(told == RPCError(.unknown, "the handler failed"))
  }

  @Test("a cancelled handler is CANCELLED")
  func cancellationIsCancelled() {
    #expect(RPCError(thrownByHandler: CancellationError()).code == .cancelled)
  }

  @Test("a handler that throws OK has failed")
  func thrownOKIsInternal() {
    let told = RPCError(thrownByHandler: RPCError(.ok, "fine", metadata: ["a": "b"]))
    #expect(told.code == .internal)
    #expect(told.metadata.isEmpty)
  }

  @Test("an error and its status say the same")
  func statusRoundTrip() {
    let status = Status(.notFound, "no such slot", details: [7])
    #expect(RPCError(status).status == status)
    #expect("\(RPCError(status))" == "NOT_FOUND: no such slot")
    #expect("\(RPCError(.notFound, ""))" == "NOT_FOUND")
  }
}
