internal import RPCCore
internal import Synchronization

extension CallSuite {
  static let streamLimits = [
    CallCase("a request over the call's own limit is refused, and the call goes on") { calls in
      let options = CallOptions(timeout: .seconds(20), maxRequestBytes: 10)
      let large = [UInt8](repeating: 0, count: 11)
      let stream = calls.open("Mirror", .bidirectionalStreaming, options: options)
      let error = try await calls.refusal { () throws(RPCError) in
        try await stream.write(large, compressed: nil)
      }
      try require("code", error.code, is: .resourceExhausted)
      try await stream.write([UInt8](large.dropLast()), compressed: nil)
      try require("afterwards", try await stream.next()?.count, is: 10)
      let one = calls.open("Sizes", .serverStreaming, large, options: options)
      try require("as the one", await calls.rest(of: one).error?.code, is: .resourceExhausted)
    },
    CallCase("a request over the server's limit ends its stream with RESOURCE_EXHAUSTED") { calls in
      let large = [UInt8](repeating: 0, count: CallWorld.limits.messageByteCountMax + 1)
      let stream = calls.open("Mirror", .bidirectionalStreaming)
      // Whether it is refused at once or on the other side is the transport's own affair.
      try? await stream.write(large, compressed: nil)
      try require("code", await calls.rest(of: stream).error?.code, is: .resourceExhausted)
      let largest = calls.open("Mirror", .bidirectionalStreaming)
      try await largest.write([UInt8](large.dropLast()), compressed: nil)
      try require("the largest", try await largest.next()?.count, is: large.count - 1)
    },
    CallCase("a response over the call's limit ends it behind those that fit") { calls in
      let options = CallOptions(timeout: .seconds(20), maxResponseBytes: 1000)
      let stream = calls.open(
        "Sizes", .serverStreaming, Array("10,1000,1001,5".utf8), options: options)
      let (messages, error) = await calls.rest(of: stream)
      try require("sizes", messages.map(\.count), is: [10, 1000])
      try require("code", error?.code, is: .resourceExhausted)
    },
    CallCase("metadata over the limit ends a stream with RESOURCE_EXHAUSTED, either way") { calls in
      let long: Metadata = ["x-head-long": .string(String(repeating: "a", count: 16 << 10))]
      let sent = calls.open("Mirror", .bidirectionalStreaming, metadata: long)
      try require("sent", await calls.rest(of: sent).error?.code, is: .resourceExhausted)
      let trailers = calls.open("Boast", .serverStreaming, [1])
      let (messages, error) = await calls.rest(of: trailers)
      try require("before the trailers", messages, is: [[1]])
      try require("trailers", error?.code, is: .resourceExhausted)
    },
  ]

  static let streamEndings = [
    CallCase("a server that ends early is heard, and takes no more") { calls in
      let stream = calls.open("Hasty", .bidirectionalStreaming)
      try await stream.write([7], compressed: nil)
      let (messages, error) = await calls.rest(of: stream)
      try require("messages", messages, is: [[7]])
      try require("error", error, is: nil)
      let refused = try await calls.refusal { () throws(RPCError) in
        while true { try await stream.write([8], compressed: nil) }
      }
      try require("code", refused.code, is: .cancelled)
      stream.finish()
    },
    CallCase("a deadline ends a stream and cancels its handler") { calls in
      let number = try await calls.missStreamDeadline("Sleep", .bidirectionalStreaming)
      try await calls.eventually("the handler is cancelled") {
        calls.world.lastSeen.cancelled.contains(number)
      }
    },
    CallCase("a deadline ends a stream whose handler does not listen") { calls in
      defer { calls.world.release() }
      _ = try await calls.missStreamDeadline("SleepDeaf", .serverStreaming)
      try require("waited for the handler", calls.world.lastSeen.ended, is: [])
    },
    CallCase("a stream without time is DEADLINE_EXCEEDED at once") { calls in
      for timeout in [Duration.zero, .seconds(-1)] {
        let stream = calls.open(
          "Mirror", .bidirectionalStreaming, options: CallOptions(timeout: timeout))
        try require("code", await calls.rest(of: stream).error?.code, is: .deadlineExceeded)
      }
    },
    CallCase("a cancelled stream ends at once, and its handler is cancelled") { calls in
      let stream = calls.open("Sleep", .bidirectionalStreaming, number: 1)
      try await calls.eventually("the handler starts") {
        calls.world.lastSeen.started.contains(1)
      }
      stream.cancel()
      try require("code", await calls.rest(of: stream).error?.code, is: .cancelled)
      let refused = try await calls.refusal { () throws(RPCError) in
        try await stream.write([1], compressed: nil)
      }
      try require("a write", refused.code, is: .cancelled)
      try await calls.eventually("the handler is cancelled") {
        calls.world.lastSeen.cancelled.contains(1)
      }
    },
    CallCase("a stream that is cancelled as soon as it is opened is CANCELLED") { calls in
      let stream = calls.open("Mirror", .bidirectionalStreaming)
      stream.cancel()
      try require("code", await calls.rest(of: stream).error?.code, is: .cancelled)
    },
    CallCase("cancelling a stream that has ended changes nothing") { calls in
      let stream = calls.open("Mirror", .bidirectionalStreaming, metadata: ["x-tail-a": "1"])
      stream.finish()
      try require("the end", try await stream.next(), is: nil)
      stream.cancel()
      try require("the end again", try await stream.next(), is: nil)
      try require("trailers", stream.trailingMetadata["x-tail-a"], is: "1")
    },
    CallCase("letting go of a stream cancels it") { calls in
      var stream: (any ClientStream)? = calls.open("Sleep", .bidirectionalStreaming, number: 1)
      try await calls.eventually("the handler starts") {
        calls.world.lastSeen.started.contains(1)
      }
      withExtendedLifetime(stream) {}
      stream = nil
      try await calls.eventually("the handler is cancelled") {
        calls.world.lastSeen.cancelled.contains(1)
      }
    },
    CallCase("cancelling the task that reads cancels the call") { calls in
      let task = Task {
        await calls.rest(
          of: calls.open(
            "Sleep", .bidirectionalStreaming, number: 1, options: CallOptions())
        ).error
      }
      try await calls.eventually("the handler starts") {
        calls.world.lastSeen.started.contains(1)
      }
      task.cancel()
      try require("code", await task.value?.code, is: .cancelled)
      try await calls.eventually("the handler is cancelled") {
        calls.world.lastSeen.cancelled.contains(1)
      }
    },
  ]

  /// More messages than any transport holds for somebody who does not read.
  private static let heldCountMax = 2000

  static let streamRoom = [
    CallCase("a client that writes to a handler that does not read stops, until it is cancelled") {
      calls in
      let stream = calls.open("Sleep", .bidirectionalStreaming, number: 1, options: CallOptions())
      let written = Counter()
      let message = [UInt8](repeating: 1, count: Calls.pumpedByteCount)
      let writer = Task {
        try await calls.refusal { () throws(RPCError) in
          while written.value < heldCountMax {
            try await stream.write(message, compressed: nil)
            written.add()
          }
        }
      }
      defer { writer.cancel() }
      let count = try await calls.settled { written.value }
      if count >= heldCountMax { throw Broken(what: "all \(count) were taken") }
      writer.cancel()
      try require("code", try await writer.value.code, is: .cancelled)
      try await calls.eventually("the handler is cancelled") {
        calls.world.lastSeen.cancelled.contains(1)
      }
    },
    CallCase("a handler that writes to a client that does not read stops, until it does") { calls in
      let stream = calls.open("Pump", .serverStreaming, [], number: 1, options: CallOptions())
      try require("first", try await stream.next()?.count, is: Calls.pumpedByteCount)
      func written() -> Int { calls.world.lastSeen.writtenCounts[1] ?? 0 }
      let count = try await calls.settled(written)
      if count >= heldCountMax { throw Broken(what: "\(count) were written for nobody") }
      for _ in 0..<count * 2 {
        try require("next", try await stream.next()?.count, is: Calls.pumpedByteCount)
      }
      try await calls.eventually("it goes on") { written() > count }
      stream.cancel()
      try await calls.eventually("the handler is cancelled") {
        calls.world.lastSeen.cancelled.contains(1)
      }
    },
  ]
}

/// A number that several tasks see.
private final class Counter: Sendable {
  private let count = Atomic(0)

  var value: Int { count.load(ordering: .relaxed) }

  func add() { count.add(1, ordering: .relaxed) }
}
