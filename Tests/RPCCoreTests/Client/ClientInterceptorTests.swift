import RPCCore
import Synchronization
import Testing

@Suite("client interceptors")
struct ClientInterceptorTests {
  /// Adds its mark to what is sent, and to what comes back.
  private struct Marking: ClientInterceptor {
    let mark: UInt8

    private func marked(_ metadata: Metadata) -> Metadata {
      var metadata = metadata
      metadata.append(contentsOf: ["mark": .string("\(mark)")])
      return metadata
    }

    func unary(
      _ method: MethodDescriptor, request: [UInt8], metadata: Metadata, options: CallOptions,
      next: any ClientTransport
    ) async throws(RPCError) -> RawResponse {
      var response = try await next.unary(
        method, request: request + [mark], metadata: marked(metadata), options: options)
      response.message.append(mark)
      return response
    }

    func open(
      _ method: MethodDescriptor, request: [UInt8]?, metadata: Metadata, options: CallOptions,
      next: any ClientTransport
    ) -> any ClientStream {
      let request = request.map { $0 + [mark] }
      return next.open(method, request: request, metadata: marked(metadata), options: options)
    }
  }

  /// Keeps what came, and answers with the request.
  private final class Last: ClientTransport {
    let metadata = Mutex<Metadata>([:])

    func unary(
      _ method: MethodDescriptor, request: [UInt8], metadata: Metadata, options: CallOptions
    ) async throws(RPCError) -> RawResponse {
      self.metadata.withLock { $0 = metadata }
      return RawResponse(message: request)
    }

    func open(
      _ method: MethodDescriptor, request: [UInt8]?, metadata: Metadata, options: CallOptions
    ) -> any ClientStream {
      self.metadata.withLock { $0 = metadata }
      return TapedStream([request ?? []])
    }
  }

  private let last = Last()
  private let method = SampleService.method("M")
  private var transport: any ClientTransport {
    last.intercepted(by: [Marking(mark: 1), Marking(mark: 2)])
  }

  @Test("the first stands outermost around a unary call")
  func unary() async throws {
    let response = try await transport.unary(
      method, request: [0], metadata: ["mark": "0"], options: CallOptions())
    #expect(response.message == [0, 1, 2, 2, 1])
    #expect(last.metadata.withLock { $0.values(for: "mark") } == ["0", "1", "2"])
  }

  @Test("the first stands outermost around a stream")
  func stream() async throws {
    let stream = transport.open(
      method, request: [0], metadata: ["mark": "0"], options: CallOptions())
    #expect(try await stream.next() == [0, 1, 2])
    #expect(last.metadata.withLock { $0.values(for: "mark") } == ["0", "1", "2"])
    let many = transport.open(method, request: nil, metadata: [:], options: CallOptions())
    #expect(try await many.next() == [])
  }

  @Test("without interceptors a transport is itself")
  func none() {
    #expect(last.intercepted(by: []) as? Last === last)
  }
}
