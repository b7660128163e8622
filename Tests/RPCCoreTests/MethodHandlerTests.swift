import RPCCore
import Testing

@Suite("Method handlers")
struct MethodHandlerTests {
  private func invoke(_ handler: MethodHandler, _ request: [UInt8]) async throws -> [UInt8] {
    guard case .unary(let unary) = handler.invocation else {
      throw RPCError(.unimplemented, "no unary handler")
    }
    return try await unary(request, SampleService.call())
  }

  private let next = MethodHandler.unary(SampleService.method("M"), request: Sample.self) {
    request, _ in Sample(request.value + 1)
  }

  @Test("bytes become a message and back")
  func decodesAndEncodes() async throws {
    #expect(try await invoke(next, [7]) == [8])
  }

  @Test("bytes that are no message are INTERNAL (Q26)", arguments: [[], [1, 2]] as [[UInt8]])
  func undecodableIsInternal(request: [UInt8]) async {
    await #expect(throws: RPCError(.internal, "the request is not a valid message")) {
      try await invoke(next, request)
    }
  }

  @Test("a response that cannot be encoded is INTERNAL")
  func unencodableIsInternal() async {
    await #expect(throws: RPCError(.internal, "the response cannot be encoded")) {
      try await invoke(next, [254])
    }
  }

  @Test("what the body throws is left as it is")
  func bodyErrorPasses() async {
    let handler = MethodHandler.unary(SampleService.method("M"), request: Sample.self) {
      _, _ -> Sample in throw RPCError(.notFound, "no")
    }
    await #expect(throws: RPCError(.notFound, "no")) { try await invoke(handler, [1]) }
  }
}
