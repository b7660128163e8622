import Dispatch
import RPCCore
import RPCTransportHTTP2
import RawHTTP2
import Testing

/// Attack T11: who says nothing keeps nothing.
@Suite("silent peers", .timeLimit(.minutes(1)))
struct SilenceTests {
  @Test(
    "a socket on which nothing comes is closed, where a handshake is waited for as well",
    arguments: [true, false])
  func silence(isTLS: Bool) async throws {
    let tls = try isTLS ? Certificates.shared.get().server : nil
    try await ServerUnderTest.with(Router(services: []), tls: tls) { address, _ in
      guard case .tcp(_, let port) = address else { throw CancellationError() }
      let isClosed = await withCheckedContinuation { continuation in
        // The socket blocks, so it is waited for where nobody else waits.
        DispatchQueue.global().async { continuation.resume(returning: Self.isClosedInTime(port)) }
      }
      #expect(isClosed)
    }
  }

  /// Reads what a server says by itself, such as its SETTINGS, until it closes.
  private static func isClosedInTime(_ port: Int) -> Bool {
    guard let socket = try? RawSocket(port: port) else { return false }
    while let bytes = try? socket.receive(withinMilliseconds: 20_000) {
      if bytes.isEmpty { return true }
    }
    return false
  }
}
