import Logging
import RPCCore
import Synchronization
import Testing

@testable import RPCObservability

@Suite("the log of calls")
struct CallLogTests {
  private let lines = LogLines()
  private static let method = MethodDescriptor(service: "p.S", method: "M", kind: .unary)

  private static func record(
    _ code: StatusCode, _ method: MethodDescriptor? = CallLogTests.method
  ) -> ServerCallRecord {
    ServerCallRecord(
      method: method, code: code, duration: .microseconds(1500), receivedByteCount: 3,
      sentByteCount: 4)
  }

  @Test("a call is one line at debug")
  func call() {
    let log = CallLog(logger: lines.logger(.text))
    log.callStarted(Self.method)
    log.callEnded(Self.record(.notFound))
    #expect(lines.lines.count == 1)
    #expect(
      lines.text.hasSuffix(
        " level=debug label=test message=\"call ended\" duration_us=1500 grpc.method=p.S/M"
          + " grpc.status=NOT_FOUND rcvd_bytes=3 sent_bytes=4\n"))
  }

  @Test("just the failures that are ours are warnings")
  func failures() {
    let log = CallLog(logger: lines.logger(.text, level: .info), warningsPerSecondMax: 100)
    for code in 0...16 { log.callEnded(Self.record(StatusCode(rawValue: code))) }
    let warned = lines.lines.compactMap { line in
      line.firstMatch(of: #/level=warning .* grpc\.status=(\w+)/#).map { String($0.output.1) }
    }
    #expect(warned == ["UNKNOWN", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"])
    #expect(lines.lines.count == 4)
  }

  @Test("nothing that a caller chose is in it (attack T19)")
  func strangers() {
    let log = CallLog(logger: lines.logger(.json))
    let peer = PeerIdentity(
      address: "192.0.2.7:5", secure: true, uris: ["spiffe://secret"], commonName: "Maria")
    log.connectionOpened(peer)
    log.callStarted(nil)
    log.callEnded(Self.record(.unimplemented, nil))
    log.connectionClosed(peer, reason: "idle")
    #expect(lines.lines.count == 3)
    for secret in ["192.0.2.7", "secret", "Maria"] { #expect(!lines.text.contains(secret)) }
    #expect(lines.text.contains(#""grpc.method":"other""#))
    #expect(lines.text.contains(#""reason":"idle""#))
  }

  @Test("warnings above the limit of a second are counted and told, once it is over")
  func limited() throws {
    let time = Clock()
    let log = CallLog(
      logger: lines.logger(.text, level: .info), warningsPerSecondMax: 3, now: { time.now })
    for _ in 0..<10 { log.callEnded(Self.record(.internal)) }
    #expect(lines.lines.count == 3)
    time.advance(.milliseconds(999))
    log.callEnded(Self.record(.internal))
    log.callEnded(Self.record(.ok))
    #expect(lines.lines.count == 3)
    time.advance(.milliseconds(1))
    log.callEnded(Self.record(.ok))
    #expect(lines.lines.count == 4)
    #expect(try #require(lines.lines.last).hasSuffix(#"message="more calls failed" count=8"#))
    // Told once, and the new second has its own three.
    log.callEnded(Self.record(.ok))
    for _ in 0..<4 { log.callEnded(Self.record(.unavailable)) }
    #expect(lines.lines.count == 7)
    time.advance(.seconds(5))
    log.callEnded(Self.record(.unknown))
    #expect(lines.lines.count == 9)
    #expect(lines.lines[7].hasSuffix("count=1"))
  }

  /// A clock that a test moves.
  private final class Clock: Sendable {
    private let instant = Mutex(ContinuousClock.now)

    var now: ContinuousClock.Instant { instant.withLock { $0 } }

    func advance(_ duration: Duration) { instant.withLock { $0 += duration } }
  }
}
