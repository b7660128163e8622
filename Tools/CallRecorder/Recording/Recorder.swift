public import Protobuf
import RPCCore
import Synchronization

/// Writes the calls of a program into one cassette, from any number of threads.
///
/// Recording never fails a call: when the cassette cannot be written any more, the calls go on unrecorded and ``finish``
/// says why.
public final class Recorder: Sendable {
  /// Takes the next bytes of the cassette.
  public typealias Output = @Sendable ([UInt8]) throws -> Void

  private let redactor: any Redactor
  private let output: Output
  private let origin: ContinuousClock.Instant
  private let state: Mutex<State>

  private struct State: ~Copyable {
    var writer: CassetteWriter?
    var failure: (any Error)?
  }

  /// Begins a cassette.
  ///
  /// - Parameters:
  ///   - header: what holds for all calls; the policy of `redactor` is filled in
  ///   - origin: the time it is now
  ///   - redactor: replaces what must not be recorded
  ///   - output: called with one entry after the other, never by two threads at once
  /// - Throws: what `output` throws of the first entry
  public init(
    _ header: CassetteFormat.CassetteHeader, at origin: GoogleProtobuf.Timestamp,
    redactor: any Redactor, output: @escaping Output
  ) throws {
    var header = header
    header.redactionPolicyId = redactor.policyID
    header.redactionPolicySha256 = redactor.policySHA256
    var writer = CassetteWriter(from: origin)
    try output(try writer.begin(header))
    self.redactor = redactor
    self.output = output
    self.origin = .now
    state = Mutex(State(writer: consume writer, failure: nil))
  }

  /// Begins to record a call.
  public func begin(_ header: CassetteEntry.ClientHeader) -> Tape {
    let call = state.withLock { $0.writer?.beginCall() ?? 0 }
    let tape = Tape(recorder: self, call: call, path: header.path)
    tape.record(.clientHeader(header))
    return tape
  }

  /// Writes the end of the cassette. Calls that have not ended stay without an end.
  ///
  /// - Parameter sign: signs the digest of the last entry
  /// - Throws: what kept an entry from being written, the first time
  public func finish(sign: (@Sendable ([UInt8]) throws -> [UInt8])? = nil) throws {
    try state.withLock { state in
      if let failure = state.failure { throw failure }
      guard let writer = state.writer.take() else { return }
      try output(try writer.finish(sign: sign))
    }
  }

  fileprivate func record(_ event: CassetteEntry.Event, of tape: Tape) {
    let offset = ContinuousClock.now - origin
    state.withLock { state in
      if state.failure != nil { return }
      do {
        let (event, paths) = try redacted(event, of: tape.path)
        guard
          let bytes = try state.writer?.append(
            event, to: tape.call, at: offset, redactedPaths: paths), !bytes.isEmpty
        else { return }
        try output(bytes)
      } catch {
        state.failure = error
        state.writer = nil
      }
    }
  }

  private func redacted(
    _ event: CassetteEntry.Event, of path: String
  ) throws -> (CassetteEntry.Event, [String]) {
    switch event {
    case .clientHeader(var header):
      header.metadata = redacted(header.metadata)
      return (.clientHeader(header), [])
    case .serverHeader(let metadata): return (.serverHeader(redacted(metadata)), [])
    case .clientMessage(let message):
      let (message, paths) = try redacted(message, of: path, isRequest: true)
      return (.clientMessage(message), paths)
    case .serverMessage(let message):
      let (message, paths) = try redacted(message, of: path, isRequest: false)
      return (.serverMessage(message), paths)
    case .serverTrailer(var trailer):
      trailer.metadata = redacted(trailer.metadata)
      trailer.status = redactor.redact(trailer.status, of: path)
      return (.serverTrailer(trailer), [])
    case .clientHalfClose, .cancel: return (event, [])
    }
  }

  /// Of bytes that are no message, which a stranger may send at any time, only the number is kept.
  private func redacted(
    _ message: CassetteEntry.RecordedMessage, of path: String, isRequest: Bool
  ) throws -> (CassetteEntry.RecordedMessage, [String]) {
    do {
      let (bytes, paths) = try redactor.redact(message.bytes, of: path, isRequest: isRequest)
      return (.init(bytes, encoding: message.encoding), paths)
    } catch is UnreadableMessage {
      return (.init([], count: message.count, encoding: message.encoding), ["bytes"])
    }
  }

  private func redacted(_ metadata: Metadata) -> Metadata {
    var result = Metadata()
    for field in metadata {
      guard let value = redactor.redact(field.value, named: field.name) else { continue }
      // A value that is no legal one any more is left out as well.
      try? result.append(field.name, value)
    }
    return result
  }
}

/// Where one call is recorded.
public struct Tape: Sendable {
  fileprivate let recorder: Recorder
  fileprivate let call: UInt64
  fileprivate let path: String

  /// Writes down what has happened; nothing once the call has ended.
  public func record(_ event: CassetteEntry.Event) { recorder.record(event, of: self) }
}
