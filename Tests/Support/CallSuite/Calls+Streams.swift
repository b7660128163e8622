internal import RPCCore

extension Calls {
  /// Bytes of each message of "Pump".
  static let pumpedByteCount = 16 << 10

  /// Begins a call with a stream, by default one that has time enough.
  func open(
    _ name: String, _ kind: CallKind, _ request: [UInt8]? = nil, number: UInt8? = nil,
    metadata: Metadata = [:], options: CallOptions = CallOptions(timeout: .seconds(20))
  ) -> any ClientStream {
    var metadata = metadata
    if let number { metadata.append(contentsOf: ["x-number": .string("\(number)")]) }
    return transport.open(
      StreamService.method(name, kind), request: request, metadata: metadata, options: options)
  }

  /// How many of 50 streams at once get ten messages back from a method, each its own.
  func mirroringCount(_ name: String) async -> Int {
    await count(of: 50) { number in
      let stream = open(name, .bidirectionalStreaming)
      for turn in UInt8(0)..<10 {
        try await stream.write([number, turn], compressed: nil)
        try require("answer", try await stream.next(), is: [number, turn])
      }
    }
  }

  /// How many of so many tasks at once come to their end without an error.
  func count(
    of taskCount: UInt8, _ body: @escaping @Sendable (_ number: UInt8) async throws -> Void
  ) async -> Int {
    await withTaskGroup(of: Bool.self) { group in
      for number in 0..<taskCount {
        group.addTask { (try? await body(number)) != nil }
      }
      return await group.reduce(into: 0) { if $1 { $0 += 1 } }
    }
  }

  /// The responses that are left, and how the call ended; nil for OK.
  func rest(of stream: any ClientStream) async -> (messages: [[UInt8]], error: RPCError?) {
    var messages: [[UInt8]] = []
    do throws(RPCError) {
      while let message = try await stream.next() { messages.append(message) }
      return (messages, nil)
    } catch {
      return (messages, error)
    }
  }

  /// What a throwing step of a call is refused with.
  func refusal(_ step: () async throws(RPCError) -> Void) async throws(Broken) -> RPCError {
    do {
      try await step()
    } catch {
      return error
    }
    throw Broken(what: "it was not refused")
  }

  /// Waits until `count` has stopped growing; what it stopped at.
  func settled(_ count: () -> Int) async throws -> Int {
    var (last, stillCount) = (-1, 0)
    while stillCount < 10 {
      try await Task.sleep(for: .milliseconds(20))
      let now = count()
      stillCount = now == last ? stillCount + 1 : 0
      last = now
    }
    return last
  }

  /// Begins a call whose handler does not answer, with a deadline that passes while it is at work.
  ///
  /// On a busy machine the call is made again with twice the time, as ``missDeadline(_:)`` does.
  ///
  /// - Returns: the number of the call
  func missStreamDeadline(_ name: String, _ kind: CallKind) async throws -> UInt8 {
    var timeout = Duration.milliseconds(100)
    for number in UInt8(1)...8 {
      let start = ContinuousClock.now
      let stream = open(
        name, kind, kind.hasOneRequest ? [] : nil, number: number,
        options: CallOptions(timeout: timeout))
      let error = await rest(of: stream).error
      try require("code", error?.code, is: .deadlineExceeded)
      let waited = start.duration(to: .now)
      if waited < timeout { throw Broken(what: "it took \(waited) of \(timeout)") }
      if world.lastSeen.started.contains(number) { return number }
      timeout *= 2
    }
    throw Broken(what: "no handler started within \(timeout)")
  }
}

/// A message that is its bytes.
struct Blob: RPCMessage, Equatable {
  var bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  init(serializedBytes: RawSpan) throws {
    bytes = []
    for offset in 0..<serializedBytes.byteCount {
      // SAFETY: the offset is in range, and any bits are a UInt8.
      bytes.append(unsafe serializedBytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
    }
  }

  func serialize(into buffer: inout [UInt8]) throws { buffer += bytes }
}
