import Protobuf
import Testing

@testable import Interop

/// What the server of the standard cases keeps of requests that it answers later.
@Suite("wanted responses")
struct WantedResponsesTests {
  private func request(
    _ sizes: [Int32], pause: Int32 = 0, compressed: Bool? = nil, status: Int32? = nil
  ) -> GrpcTesting.StreamingOutputCallRequest {
    .with { request in
      request.responseParameters = sizes.map { size in
        .with {
          $0.size = size
          $0.intervalUs = pause
          if let compressed { $0.compressed = .with { $0.value = compressed } }
        }
      }
      if let status {
        request.responseStatus = .with {
          $0.code = status
          $0.message = "asked for"
        }
      }
    }
  }

  private func wanted(_ requests: [GrpcTesting.StreamingOutputCallRequest]) -> WantedResponses {
    requests.reduce(into: WantedResponses()) { $0.add($1) }
  }

  @Test("responses are kept in order, each with its size, pause and compression")
  func order() {
    let wanted = wanted([
      request([1, 2], pause: 5), request([]), request([3], compressed: true),
      request([4], compressed: false, status: 0),
    ])
    #expect(
      wanted.responses == [
        .init(byteCount: 1, pauseMicroseconds: 5, isCompressed: false),
        .init(byteCount: 2, pauseMicroseconds: 5, isCompressed: false),
        .init(byteCount: 3, pauseMicroseconds: 0, isCompressed: true),
        .init(byteCount: 4, pauseMicroseconds: 0, isCompressed: false),
      ])
    #expect(wanted.status == nil)
  }

  @Test("a status ends it: its own request's responses and all that follows are not wanted")
  func status() {
    let wanted = wanted([
      request([1]), request([2], status: 9), request([3]), request([], status: 7),
    ])
    #expect(wanted.responses.map(\.byteCount) == [1])
    #expect(wanted.status?.code == 9)
    #expect(wanted.status?.message == "asked for")
  }
}
