import HTTP2
import RawHTTP2
import Testing

/// A session under test, with the bytes and events that came out of it, readable.
final class ScriptedPeer {
  let session: HTTP2Session
  private(set) var log: [String] = []
  private(set) var frames: [Frame] = []
  private(set) var streams: [Int32: HTTP2Stream] = [:]
  private(set) var bodies: [Int32: [UInt8]] = [:]
  private(set) var failure: HTTP2SessionError?
  private var output: [UInt8] = []
  var nowNanoseconds: UInt64 = 0

  struct Frame: Hashable {
    var type: UInt8
    var flags: UInt8
    var id: Int32
    var payload: [UInt8]

    var errorCode: UInt32? {
      let start = type == 3 ? 0 : type == 7 ? 4 : -1
      guard start >= 0, payload.count >= start + 4 else { return nil }
      return payload[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
  }

  init(role: HTTP2Session.Role, limits: HTTP2Limits = HTTP2Limits()) throws {
    session = try HTTP2Session(role: role, limits: limits)
  }

  /// Feeds bytes, then handles events and drains, as a connection does.
  func receive(_ bytes: [UInt8], consumes: Bool = true) {
    // SAFETY: bytes have no padding, so viewing them raw shows nothing uninitialised.
    do { unsafe try session.receive(bytes.span.bytes, nowNanoseconds: nowNanoseconds) } catch {
      failure = error
    }
    handle(bytes, consumes: consumes)
    drain()
  }

  func drain(bufferByteCount: Int = 100_000) {
    var buffer = [UInt8](repeating: 0, count: bufferByteCount)
    while true {
      do {
        let count = unsafe try buffer.withUnsafeMutableBytes { unsafe try session.drain(into: $0) }
        output.append(contentsOf: buffer[..<count])
        handle([], consumes: true)
        if count < bufferByteCount { break }
      } catch {
        failure = error as? HTTP2SessionError
        break
      }
    }
    parse()
  }

  private func handle(_ bytes: [UInt8], consumes: Bool) {
    var events: [HTTP2Event] = []
    session.handleEvents { events.append($0) }
    for event in events {
      switch event {
      case .headers(let stream, let endsStream):
        streams[stream.id] = stream
        log.append("headers \(stream.id)\(endsStream ? " end" : "")")
      case .trailers(let stream):
        log.append("trailers \(stream.id)")
      case .data(let stream, let range, let endsStream):
        bodies[stream.id, default: []].append(contentsOf: bytes[range])
        log.append("data \(stream.id) \(range.count)\(endsStream ? " end" : "")")
        if consumes { session.consume(stream, byteCount: range.count) }
      case .endOfStream(let stream):
        log.append("end \(stream.id)")
      case .closed(let stream, let code):
        log.append("closed \(stream.id) \(code.rawValue)")
      case .goAway(let last, let code, let debug):
        log.append("goaway \(last) \(code.rawValue) \(String(decoding: debug, as: UTF8.self))")
      case .settings:
        log.append("settings")
      case .sendable(let stream): log.append("sendable \(stream.id)")
      case .pingAcknowledged(let payload):
        log.append("pong \(payload)")
      }
    }
  }

  private func parse() {
    if output.starts(with: RawFrames.preface) { output.removeFirst(RawFrames.preface.count) }
    while output.count >= 9 {
      let length = Int(output[0]) << 16 | Int(output[1]) << 8 | Int(output[2])
      guard output.count >= 9 + length else { return }
      let id = output[5..<9].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      frames.append(
        Frame(
          type: output[3], flags: output[4], id: Int32(bitPattern: id),
          payload: Array(output[9..<9 + length])))
      output.removeFirst(9 + length)
    }
  }

  func frames(ofType type: UInt8, id: Int32? = nil) -> [Frame] {
    frames.filter { $0.type == type && (id == nil || $0.id == id) }
  }

  func forget() {
    log.removeAll()
    frames.removeAll()
  }
}

/// A server session whose client has sent its preface and settings.
func openServer(limits: HTTP2Limits = HTTP2Limits()) throws -> ScriptedPeer {
  let server = try ScriptedPeer(role: .server, limits: limits)
  server.receive(RawFrames.preface + RawFrames.settings + RawFrames.settingsAcknowledgement)
  return server
}
