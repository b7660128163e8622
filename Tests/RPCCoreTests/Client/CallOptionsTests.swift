import RPCCore
import Testing

@Suite("call options")
struct CallOptionsTests {
  private let now = ContinuousClock.now
  private func after(_ seconds: Int) -> Deadline { Deadline(.seconds(seconds), after: now) }

  @Test("without wishes a call has no deadline")
  func none() {
    #expect(CallOptions().deadline(from: now) == nil)
  }

  @Test(
    "the earliest of timeout, deadline and the inherited one counts",
    arguments: [
      (1, nil, nil, 1), (nil, 2, nil, 2), (nil, nil, 3, 3), (1, 2, 3, 1), (2, 1, 3, 1),
      (3, 2, 1, 1), (-1, 2, 3, -1),
    ] as [(Int?, Int?, Int?, Int)])
  func earliest(timeout: Int?, deadline: Int?, inherited: Int?, expected: Int) {
    let options = CallOptions(
      timeout: timeout.map { .seconds($0) }, deadline: deadline.map { after($0) })
    let counted = Deadline.$inherited.withValue(inherited.map { after($0) }) {
      options.deadline(from: now)
    }
    #expect(counted == after(expected))
  }

  @Test("copies of credentials are equal, others are not")
  func credentials() async throws {
    let make: CallCredentials.Maker = { request throws(RPCError) in
      ["authorization": .string("\(request.authority) \(request.method.method)")]
    }
    let credentials = CallCredentials(make)
    #expect(CallOptions(credentials: credentials) == CallOptions(credentials: credentials))
    #expect(credentials != CallCredentials(make))
    let request = CallCredentials.Request(
      method: SampleService.method("M"), authority: "example.org")
    #expect(try await credentials.metadata(for: request) == ["authorization": "example.org M"])
  }
}
