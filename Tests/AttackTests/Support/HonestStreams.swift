import HTTP2
import Synchronization

/// The honest client's streams: one after the other on a connection of their own, each of some messages
/// there and back, of which none may wait longer than a call's deadline. Under TLS, which raw sockets do not
/// speak, they are grpcio's.
final class HonestStreams: Sendable {
  private static let messageCount = 4
  /// EchoRequest{payload: 1,000 bytes}, with its prefix.
  private static let message = AttackFrames.message(
    [0x0A, 0xE8, 0x07] + [UInt8](repeating: 5, count: 1_000))

  private let port: Int
  private let path: String
  /// The file that the server's certificate is trusted for; nil without TLS.
  private let certificate: String?
  private let state = Mutex((record: HonestClient.Record(), isStopped: false))

  /// - Parameter path: of a bidirectional method that gives each message back
  init(port: Int, path: String, certificate: String?) {
    self.port = port
    self.path = path
    self.certificate = certificate
  }

  private var record: HonestClient.Record { state.withLock { $0.record } }
  private var isStopped: Bool { state.withLock { $0.isStopped } }

  /// Begins, and returns when the first stream has been served; gives the rest to wait for.
  func begin() async -> Task<HonestClient.Record, Never> {
    state.withLock { $0 = (HonestClient.Record(), false) }
    let rest = Task {
      let result = await Blocking.run { [certificate] in
        if let certificate { try self.runStock(certificate) } else { try self.run() }
      }
      if case .failure(let error) = result { self.fail("stream: \(error)") }
      return self.record
    }
    while record.streamCount == 0, record.failures.isEmpty {
      try? await Task.sleep(for: .milliseconds(2))
    }
    return rest
  }

  /// Lets the stream that is under way come to its end, and begins none after it.
  func stop() { state.withLock { $0.isStopped = true } }

  private func note(took: Duration, failure: String?) {
    state.withLock {
      $0.record.note(took: took, failure: failure)
      $0.record.streamCount += 1
    }
  }

  private func run() throws {
    let client = try SessionClient(port: port)
    while !isStopped {
      let start = ContinuousClock.now
      let failure = try stream(of: client)
      note(took: start.duration(to: .now), failure: failure)
      // The connection is of no use any more, or may not be.
      if failure != nil { return }
      Blocking.pause(milliseconds: 5)
    }
  }

  private func fail(_ text: String) { state.withLock { $0.record.failures.append(text) } }

  /// - Returns: what went wrong
  private func stream(of client: SessionClient) throws -> String? {
    let deadline = HonestClient.deadline / .seconds(1)
    let stream = try client.begin(path)
    for count in 1...Self.messageCount {
      client.session.send(stream, body: Self.message)
      let isAnswered = client.pump(within: deadline) {
        client.calls[stream.id]?.answerByteCount == count * Self.message.count
      }
      guard isAnswered else { return "message \(count) of a stream: \(client.said(of: stream.id))" }
    }
    client.session.finish(stream)
    client.pump(within: deadline) { client.calls[stream.id]?.isOver == true }
    guard client.calls[stream.id]?.status == "0" else {
      return "the end of a stream: \(client.said(of: stream.id))"
    }
    return nil
  }
}

extension SessionClient {
  /// How a call stands, in words.
  func said(of id: Int32) -> String {
    let call = calls[id] ?? Call()
    return
      "status \(call.status ?? "none"), closed with \(call.closeCode.map { "\($0)" } ?? "nothing"),"
      + " \(call.answerByteCount) bytes, connection \(socket.isClosed ? "closed" : "open"),"
      + " last id \(lastStreamID.map { "\($0)" } ?? "none")"
  }
}

extension HonestStreams {
  fileprivate func runStock(_ certificate: String) throws {
    let load = try StockLoad(Self.program, ["localhost:\(port)", certificate, path])
    try load.readLines { line in
      let words = line.split(separator: " ", maxSplits: 1)
      let took = words.first.flatMap { Double($0) } ?? 0
      note(took: .seconds(took), failure: words.count > 1 ? "stream of grpcio: \(words[1])" : nil)
      return !isStopped
    }
  }

  /// Prints for each stream how long it took, and what went wrong.
  private static let program = """
    import sys, threading, time, grpc
    with open(sys.argv[2], "rb") as file:
        channel = grpc.secure_channel(sys.argv[1], grpc.ssl_channel_credentials(file.read()))
    talk = channel.stream_stream(sys.argv[3])
    messages = [bytes([0x0A, 0xE8, 0x07]) + bytes(1000)] * 4
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    while not stop.is_set():
        start, failure = time.monotonic(), ""
        try:
            if list(talk(iter(messages), timeout=5)) != messages:
                failure = "another answer"
        except grpc.RpcError as error:
            failure = f"{error.code()} {error.details()}"
        print(time.monotonic() - start, failure, flush=True)
        time.sleep(0.005)
    """
}
