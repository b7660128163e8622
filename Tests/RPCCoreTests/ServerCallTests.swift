import RPCCore
import Testing

@Suite("Server call")
struct ServerCallTests {
  private enum Caller: ServerCallKey { typealias Value = String }
  private enum Attempt: ServerCallKey { typealias Value = Int }

  @Test("values are kept by key and can be replaced and removed")
  func valuesByKey() {
    let call = SampleService.call()
    #expect(call[Caller.self] == nil)
    call[Caller.self] = "unhcr/SCREENER"
    call[Attempt.self] = 1
    call[Attempt.self] = 2
    #expect(call[Caller.self] == "unhcr/SCREENER")
    #expect(call[Attempt.self] == 2)
    call[Caller.self] = nil
    #expect(call[Caller.self] == nil)
    #expect(call[Attempt.self] == 2)
  }

  @Test("response and trailing metadata are apart")
  func outgoing() throws {
    let call = SampleService.call()
    try call.responseMetadata.append("a", "1")
    try call.trailingMetadata.append("b", "2")
    #expect(call.outgoing?.response == ["a": "1"])
    #expect(call.outgoing?.trailing == ["b": "2"])
  }

  @Test("many tasks may write at once")
  func concurrentWrites() async {
    let call = SampleService.call()
    await withTaskGroup(of: Void.self) { group in
      for value in 0..<100 {
        group.addTask {
          call[Attempt.self] = value
          call.trailingMetadata = ["n": "\(value)"]
        }
      }
    }
    #expect(call[Attempt.self].map { (0..<100).contains($0) } == true)
    #expect(call.trailingMetadata.count == 1)
  }
}
