internal import RPCCore

/// A streamed call in the hands of its client.
final class ClientEnd: ClientStream {
  private let call: StreamedCall

  init(_ call: StreamedCall) { self.call = call }

  deinit { cancel() }

  func write(_ message: [UInt8], compressed: Bool?) async throws(RPCError) {
    try await waitForRoom()
    try call.tell { machine throws(RPCError) in try machine.write(message) }
    try await waitForRoom()
  }

  func finish() { call.tell { $0.finish() } }

  func next() async throws(RPCError) -> [UInt8]? {
    while true {
      switch call.take({ $0.takeResponse() }) {
      case .message(let message): return message
      case .end: return nil
      case .failed(let error): throw error
      case .over: return nil
      case .wait: try await wait(for: call.responseCame)
      }
    }
  }

  func metadata() async throws(RPCError) -> Metadata {
    while true {
      let head = try call.look { machine throws(RPCError) in try machine.knownHead() }
      if let head { return head }
      try await wait(for: call.headCame)
    }
  }

  var trailingMetadata: Metadata { call.look { $0.readTrailers } }

  func cancel() { call.tell { $0.cancel() } }

  private func waitForRoom() async throws(RPCError) {
    while try !call.look({ machine throws(RPCError) in try machine.hasRoomForRequest() }) {
      try await wait(for: call.requestTaken)
    }
  }

  /// Waits, and cancels the call when the task is cancelled; the machine then says so to whoever looks.
  private func wait(for signal: Signal) async throws(RPCError) {
    do {
      try await signal.wait()
    } catch let conflict as RPCError {
      throw conflict
    } catch {
      cancel()
    }
  }
}
