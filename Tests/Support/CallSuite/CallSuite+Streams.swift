internal import RPCCore
internal import Synchronization

extension CallSuite {
  /// What every transport owes for calls with a stream.
  static let streams =
    streamMessages + streamMetadata + streamErrors + streamLimits + streamEndings + streamRoom

  private static let streamMessages = [
    CallCase("messages go to and fro, one answer for each") { calls in
      let stream = calls.open("Mirror", .bidirectionalStreaming)
      for count in [0, 1, 100, 70_000, 0] {
        let message = [UInt8](repeating: UInt8(count & 0xFF), count: count)
        try await stream.write(message, compressed: nil)
        try require("\(count) bytes", try await stream.next(), is: message)
      }
      stream.finish()
      try require("the end", try await stream.next(), is: nil)
      try require("the end again", try await stream.next(), is: nil)
    },
    CallCase("a thousand messages come back in order while others are written") { calls in
      let stream = calls.open("Mirror", .bidirectionalStreaming)
      let messages = (0..<1000).map { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
      async let written: Void = {
        for message in messages { try await stream.write(message, compressed: nil) }
        stream.finish()
      }()
      let (answers, error) = await calls.rest(of: stream)
      try await written
      try require("error", error, is: nil)
      if answers != messages { throw Broken(what: "\(answers.count) came, or in another order") }
    },
    CallCase("a thousand requests have one response") { calls in
      let call = RPCClient(transport: calls.transport).clientStreaming(
        StreamService.method("Gather", .clientStreaming), request: Blob.self, as: Blob.self)
      for _ in 0..<1000 { try await call.write(Blob([1, 2, 3])) }
      try require(
        "response", try await call.response().message, is: Blob(Array("1000 3000".utf8)))
    },
    CallCase("a stream without requests is one") { calls in
      let stream = calls.open("Gather", .clientStreaming)
      stream.finish()
      try require("response", try await stream.next(), is: Array("0 0".utf8))
      try require("the end", try await stream.next(), is: nil)
    },
    CallCase("one request has many responses, or none") { calls in
      let client = RPCClient(transport: calls.transport)
      for sizes in [[], [0], [5, 0, 70_000], [Int](repeating: 10, count: 1000)] {
        let text = sizes.map { "\($0)" }.joined(separator: ",")
        let call: ServerStreamingCall<Blob> = client.serverStreaming(
          StreamService.method("Sizes", .serverStreaming), Blob(Array(text.utf8)))
        var seen: [Int] = []
        for try await response in call { seen.append(response.bytes.count) }
        try require("sizes", seen, is: sizes)
      }
    },
    CallCase("many streams at once get each their own answers") { calls in
      try require("streams that held", await calls.mirroringCount("Mirror"), is: 50)
    },
    // Wherever a handler's task goes on, what is the transport's stays with the transport.
    CallCase("handlers that prefer another executor answer many streams at once") { calls in
      try require("streams that held", await calls.mirroringCount("Wander"), is: 50)
    },
    CallCase("handlers that prefer another executor at their end answer many calls at once") {
      calls in
      let count = await calls.count(of: 50) { number in
        for turn in UInt8(0)..<10 {
          let answer = try await calls.call("Wander", [number, turn])
          try require("answer", answer.message, is: [number, turn])
        }
      }
      try require("callers that were answered", count, is: 50)
    },
  ]

  private static let streamMetadata = [
    CallCase("a stream's metadata comes with its first message, its trailers at the end") { calls in
      let sent: Metadata = ["x-head-a": "1", "x-tail-bin": .binary([0, 255]), "x-head-a": "2"]
      let stream = calls.open("Mirror", .bidirectionalStreaming, metadata: sent)
      try await stream.write([1], compressed: nil)
      let head = try await stream.metadata()
      try require("head", head.values(for: "x-head-a"), is: ["1", "2"])
      _ = try await stream.next()
      try require("too early", stream.trailingMetadata, is: [:])
      stream.finish()
      try require("the end", try await stream.next(), is: nil)
      let tail = stream.trailingMetadata
      try require("trailers", tail.binaryValues(for: "x-tail-bin"), is: [[0, 255]])
      try require("marks", tail.values(for: "mark"), is: ["outer", "inner"])
      try require("head again", try await stream.metadata(), is: head)
    },
    CallCase("headers come before there is a message, when the handler sends them") { calls in
      let stream = calls.open("HeadersFirst", .bidirectionalStreaming)
      try require("head", try await stream.metadata()["x-head"], is: "1")
      stream.finish()
      try require("the end", try await stream.next(), is: nil)
    },
    CallCase("a stream without messages has a head and trailers") {
      calls in
      let stream = calls.open(
        "Mirror", .bidirectionalStreaming, metadata: ["x-head-a": "1", "x-tail-a": "2"])
      stream.finish()
      try require("head", try await stream.metadata()["x-head-a"], is: "1")
      try require("the end", try await stream.next(), is: nil)
      try require("head in the trailers", stream.trailingMetadata["x-head-a"], is: nil)
      try require("trailers", stream.trailingMetadata["x-tail-a"], is: "2")
    },
  ]

  private static let streamErrors = [
    CallCase("an error comes behind the messages that were sent before it") { calls in
      for count in UInt8(0)...3 {
        let stream = calls.open("FailBehind", .serverStreaming, [count])
        let (messages, error) = await calls.rest(of: stream)
        try require("messages", messages, is: (0..<count).map { [$0] })
        try require("code", error?.code, is: .aborted)
        try require("text", error?.message, is: "no %20 más")
        try require("details", error?.details, is: [0, 1, 0xFF])
        try require("its metadata", error?.metadata["x-error"], is: "2")
        try require("marks", error?.metadata.values(for: "mark").count, is: 2)
        try require("head in it", error?.metadata["x-head"], is: count == 0 ? "1" : nil)
        let again = await calls.rest(of: stream)
        try require("again", again.error, is: error)
        try require("trailers", stream.trailingMetadata, is: [:])
      }
    },
    CallCase("the head of a stream that failed without one is its status") { calls in
      let failed = calls.open("FailBehind", .serverStreaming, [0])
      let error = try await calls.refusal { () throws(RPCError) in _ = try await failed.metadata() }
      try require("code", error.code, is: .aborted)
      let late = calls.open("FailBehind", .serverStreaming, [1])
      _ = await calls.rest(of: late)
      try require("head", try await late.metadata()["x-head"], is: "1")
    },
    CallCase("a stream of a method that is unknown or not built is UNIMPLEMENTED") { calls in
      for name in ["Later", "Never", ""] {
        let error = await calls.rest(of: calls.open(name, .serverStreaming, [1])).error
        try require("\"\(name)\"", error?.code, is: .unimplemented)
      }
      let stream = calls.open("Never", .bidirectionalStreaming)
      try require("code", await calls.rest(of: stream).error?.code, is: .unimplemented)
      let refused = try await calls.refusal { () throws(RPCError) in
        while true { try await stream.write([1], compressed: nil) }
      }
      try require("a write", refused.code, is: .unimplemented)
    },
    CallCase("no request, or two, where the method has one is UNIMPLEMENTED (D1)") { calls in
      for count in [0, 2] {
        let stream = calls.open("Sizes", .bidirectionalStreaming)
        for _ in 0..<count { try? await stream.write(Array("1".utf8), compressed: nil) }
        stream.finish()
        let (messages, error) = await calls.rest(of: stream)
        try require("\(count) requests", error?.code, is: .unimplemented)
        try require("responses", messages, is: [])
      }
    },
    CallCase("no response, or two, where the client expects one is UNIMPLEMENTED (D1)") { calls in
      for bytes in [[], [1], [1, 2]] as [[UInt8]] {
        let call = RPCClient(transport: calls.transport).clientStreaming(
          StreamService.method("Respond", .clientStreaming), request: Blob.self, as: Blob.self)
        try await call.write(Blob(bytes))
        var code = StatusCode.ok
        do throws(RPCError) { _ = try await call.response() } catch { code = error.code }
        try require("\(bytes.count) responses", code, is: bytes.count == 1 ? .ok : .unimplemented)
      }
    },
    CallCase("a handler without its one response, or with a second, has failed") { calls in
      for name in ["Silent", "Twice"] {
        let stream = calls.open(name, .clientStreaming)
        stream.finish()
        try require(name, await calls.rest(of: stream).error?.code, is: .internal)
      }
    },
  ]
}
