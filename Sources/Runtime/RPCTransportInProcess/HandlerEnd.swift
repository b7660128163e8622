internal import RPCCore

/// A streamed call in the hands of its handler.
final class HandlerEnd: RequestSource, ResponseSink {
  private let streamed: StreamedCall
  private let call: ServerCall

  init(_ streamed: StreamedCall, call: ServerCall) {
    self.streamed = streamed
    self.call = call
  }

  func next() async throws -> [UInt8]? {
    while true {
      switch streamed.take({ $0.takeRequest() }) {
      case .message(let message): return message
      case .end: return nil
      case .failed(let error): throw error
      case .over: throw CancellationError()
      case .wait: try await streamed.requestCame.wait()
      }
    }
  }

  func sendHeaders() async throws { try sendHead() }

  func write(compressed: Bool?, _ encode: (inout [UInt8]) throws -> Void) async throws {
    var message: [UInt8] = []
    try encode(&message)
    let encoded = message
    try await waitForRoom()
    try sendHead()
    try streamed.tell { machine throws in try machine.respond(encoded) }
    try await waitForRoom()
  }

  private func sendHead() throws {
    let call = call
    try streamed.tell { machine throws in
      try machine.send(head: call.outgoing?.response ?? [:])
    }
  }

  private func waitForRoom() async throws {
    while try !streamed.look({ machine throws in try machine.hasRoomForResponse() }) {
      try await streamed.responseTaken.wait()
    }
  }
}
