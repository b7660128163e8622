internal import RPCCore

/// The behaviour that every transport owes its users, as a table.
///
/// A transport's tests serve ``CallWorld/router`` and try ``cases`` on it, so that no two transports
/// drift apart.
public enum CallSuite {
  /// Everything that must hold.
  public static let cases = messages + metadata + errors + limits + endings + streams

  static let messages = [
    CallCase("a message comes back as it went, whatever its size") { calls in
      for count in [0, 1, 5, 100, 16_383, 16_384, 70_000, CallWorld.limits.messageByteCountMax] {
        let message = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let response = try await calls.call("Echo", message)
        if response.message != message { throw Broken(what: "\(count) bytes came back changed") }
      }
    },
    CallCase("a hundred calls at once get each their own answer") { calls in
      let answers = await withTaskGroup(of: (UInt8, [UInt8]?).self) { group in
        for number in UInt8(0)..<100 {
          group.addTask { (number, try? await calls.call("Echo", [number, number]).message) }
        }
        return await group.reduce(into: [UInt8: [UInt8]]()) { $0[$1.0] = $1.1 }
      }
      for number in UInt8(0)..<100 {
        try require("answer \(number)", answers[number], is: [number, number])
      }
    },
    CallCase("interceptors run, the first outermost") { calls in
      let response = try await calls.call("Echo")
      try require("marks", response.trailingMetadata.values(for: "mark"), is: ["outer", "inner"])
    },
    CallCase("the handler knows an address for its caller") { calls in
      _ = try await calls.call("Echo")
      try require("no address", calls.world.lastSeen.peer?.address.isEmpty, is: false)
    },
  ]

  static let metadata = [
    CallCase("metadata travels there and back, in order, text and bytes") { calls in
      var sent = Metadata()
      try sent.append("x-head-a", "1")
      try sent.append("x-tail-b", "2, 3")
      try sent.append("x-head-a", "4")
      try sent.append("x-head-bin", binary: [0xAB, 0xAB, 0xAB])
      try sent.append("x-tail-bin", binary: [])
      try sent.append("x-tail-bin", binary: [0, 44, 255])
      try sent.append("x-only-here", "~ \"'")
      let response = try await calls.call("Echo", metadata: sent)
      let head = response.metadata
      let tail = response.trailingMetadata
      try require("head text", head.values(for: "x-head-a"), is: ["1", "4"])
      try require("head bytes", head.binaryValues(for: "x-head-bin"), is: [[0xAB, 0xAB, 0xAB]])
      try require("tail text", tail.values(for: "x-tail-b"), is: ["2, 3"])
      try require("tail bytes", tail.binaryValues(for: "x-tail-bin"), is: [[], [0, 44, 255]])
      try require("only there", calls.world.lastSeen.metadata["x-only-here"], is: "~ \"'")
      try require("in the wrong place", head.values(for: "x-tail-b"), is: [])
    },
    CallCase("fields of the protocol are no metadata") { calls in
      _ = try await calls.call("Echo")
      for name in ["te", "content-type", "grpc-timeout", ":path", "host"] {
        try require(name, calls.world.lastSeen.metadata[name], is: nil)
      }
    },
  ]

  static let errors = [
    CallCase("each code arrives with its text, details and metadata") { calls in
      for number in UInt8(1)...16 {
        let error = try await calls.error { () throws(RPCError) in
          try await calls.call("Fail", [number] + Array("no %20 más".utf8))
        }
        try require("code", error.code, is: StatusCode(rawValue: Int(number)))
        try require("text", error.message, is: "no %20 más")
        try require("details", error.details, is: [0, 1, 0xFF])
        try require("own metadata", error.metadata["x-error"], is: "2")
        try require("metadata of the head", error.metadata["x-head"], is: "1")
        try require("metadata of the trailers", error.metadata.values(for: "mark").count, is: 2)
      }
    },
    CallCase("a text of blanks, breaks and symbols arrives as it is") { calls in
      let text = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"
      let error = try await calls.error { () throws(RPCError) in
        try await calls.call("Fail", [2] + Array(text.utf8))
      }
      try require("text", error.message, is: text)
    },
    CallCase("what a handler throws that is no RPCError is UNKNOWN, without its text") { calls in
      let error = try await calls.error { () throws(RPCError) in try await calls.call("Leak") }
      try require("code", error.code, is: .unknown)
      if error.message.contains("Secret") { throw Broken(what: "leaked: \(error.message)") }
    },
    CallCase("a handler that throws OK has failed") { calls in
      let error = try await calls.error { () throws(RPCError) in try await calls.call("ThrowOK") }
      try require("code", error.code, is: .internal)
    },
    CallCase("a method that is unknown or not built is UNIMPLEMENTED") { calls in
      for name in ["Later", "Never", "echo", "Echo/", ""] {
        let error = try await calls.error { () throws(RPCError) in try await calls.call(name) }
        try require("\"\(name)\"", error.code, is: .unimplemented)
      }
    },
  ]

  static let limits = [
    CallCase("a request over the limit is RESOURCE_EXHAUSTED, and calls go on") { calls in
      let tooLarge = [UInt8](repeating: 0, count: CallWorld.limits.messageByteCountMax + 1)
      let error = try await calls.error { () throws(RPCError) in
        try await calls.call("Echo", tooLarge)
      }
      try require("code", error.code, is: .resourceExhausted)
      try require("afterwards", try await calls.call("Echo", [1]).message, is: [1])
    },
    CallCase("a response over the call's limit is RESOURCE_EXHAUSTED") { calls in
      var options = CallOptions(timeout: .seconds(20))
      options.maxResponseBytes = 1000
      let fits = try await calls.call("Grow", Array("1000".utf8), options: options)
      try require("bytes", fits.message.count, is: 1000)
      let bounded = options
      let error = try await calls.error { () throws(RPCError) in
        try await calls.call("Grow", Array("1001".utf8), options: bounded)
      }
      try require("code", error.code, is: .resourceExhausted)
    },
    CallCase("trailers over the limit are RESOURCE_EXHAUSTED, whether the call failed or not") {
      calls in
      for request in [[], [1]] as [[UInt8]] {
        let error = try await calls.error { () throws(RPCError) in
          try await calls.call("Boast", request)
        }
        try require("code", error.code, is: .resourceExhausted)
      }
      try require("afterwards", try await calls.call("Echo", [1]).message, is: [1])
    },
    CallCase("metadata over the limit is RESOURCE_EXHAUSTED, and calls go on") { calls in
      let long: Metadata = ["x-long": .string(String(repeating: "a", count: 16 << 10))]
      let error = try await calls.error { () throws(RPCError) in
        try await calls.call("Echo", metadata: long)
      }
      try require("code", error.code, is: .resourceExhausted)
      try require("afterwards", try await calls.call("Echo", [1]).message, is: [1])
    },
  ]

  static let endings = [
    CallCase("the handler sees the deadline") { calls in
      let before = ContinuousClock.now
      _ = try await calls.call("Echo", options: CallOptions(timeout: .seconds(10)))
      let after = ContinuousClock.now
      guard let deadline = calls.world.lastSeen.deadline else {
        throw Broken(what: "there was none")
      }
      // However long the call was under way; a second is for rounding on the wire.
      let earliest = before + .seconds(9)
      let latest = after + .seconds(11)
      if deadline.instant < earliest || deadline.instant > latest {
        throw Broken(what: "it was \(before.duration(to: deadline.instant)) away")
      }
      _ = try await calls.call("Echo", options: CallOptions())
      try require("deadline of a patient call", calls.world.lastSeen.deadline, is: nil)
    },
    CallCase("a deadline ends the call and cancels the handler") { calls in
      let number = try await calls.missDeadline("Sleep")
      try require("waited for the handler", calls.world.lastSeen.ended, is: [])
      try await calls.eventually("the handler is cancelled") {
        calls.world.lastSeen.cancelled.contains(number)
      }
    },
    CallCase("a deadline ends the wait for a handler that does not listen") { calls in
      defer { calls.world.release() }
      _ = try await calls.missDeadline("SleepDeaf")
      try require("waited for the handler", calls.world.lastSeen.ended, is: [])
    },
    CallCase("no time at all is DEADLINE_EXCEEDED at once") { calls in
      for timeout in [Duration.zero, .seconds(-1)] {
        let error = try await calls.error { () throws(RPCError) in
          try await calls.call("Echo", options: CallOptions(timeout: timeout))
        }
        try require("code", error.code, is: .deadlineExceeded)
      }
    },
    CallCase("cancelling the caller's task cancels the call and its handler") { calls in
      let task = Task {
        try await calls.error { () throws(RPCError) in
          try await calls.call("Sleep", [1], options: CallOptions())
        }
      }
      defer { task.cancel() }
      try await calls.eventually("the handler starts") {
        calls.world.lastSeen.started.contains(1)
      }
      task.cancel()
      let error = try await task.value
      try require("code", error.code, is: .cancelled)
      try require("waited for the handler", calls.world.lastSeen.ended, is: [])
      try await calls.eventually("the handler is cancelled") {
        calls.world.lastSeen.cancelled.contains(1)
      }
    },
    CallCase("a call of a cancelled task never starts") { calls in
      let task = Task {
        // SAFETY: the task is used only inside the closure.
        unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
        return try await calls.error { () throws(RPCError) in try await calls.call("Echo") }
      }
      let error = try await task.value
      try require("code", error.code, is: .cancelled)
      try require("it arrived", calls.world.lastSeen.peer, is: nil)
    },
  ]
}
