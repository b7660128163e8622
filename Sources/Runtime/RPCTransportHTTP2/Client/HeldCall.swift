internal import RPCCore

/// A call with streams as long as its caller holds it; then it is cancelled, unless it has ended.
///
/// The call itself is held by its channel as well.
final class HeldCall: ClientStream {
  private let call: ClientCall

  init(_ call: ClientCall) { self.call = call }

  deinit { call.cancel() }

  func write(_ message: [UInt8], compressed: Bool?) async throws(RPCError) {
    try await call.write(message, compressed: compressed)
  }

  func finish() { call.finish() }

  func next() async throws(RPCError) -> [UInt8]? { try await call.next() }

  func metadata() async throws(RPCError) -> Metadata { try await call.metadata() }

  var trailingMetadata: Metadata { call.trailingMetadata }

  var responseWasCompressed: Bool { call.responseWasCompressed }

  func cancel() { call.cancel() }
}
