import Protobuf
import RPCCore
import RPCServices
import Testing

/// What strangers may try with the service that describes all others (attack T20).
@Suite("Reflection under abuse", .timeLimit(.minutes(1)))
struct ReflectionAbuseTests {
  typealias Request = ReflectionTests.Request
  typealias Response = ReflectionTests.Response

  @Test(
    "what is not there is NOT_FOUND within the stream, which goes on",
    arguments: [
      .fileByFilename("../../etc/passwd"), .fileByFilename("/etc/passwd"), .fileByFilename(""),
      .fileByFilename("google/protobuf/any.proto\0"), .fileByFilename("Google/protobuf/any.proto"),
      .fileContainingSymbol(""), .fileContainingSymbol("kitchen.v1"),
      .fileContainingSymbol(".kitchen.v1.Kitchen"), .fileContainingSymbol("kitchen.v1.kitchen"),
      .fileContainingExtension(.with { $0.containingType = "legacy.v1.Old" }),
      .fileContainingExtension(
        .with {
          $0.containingType = "legacy.v1.None"
          $0.extensionNumber = 100
        }),
      .allExtensionNumbersOfType("legacy.v1.None"),
      .allExtensionNumbersOfType("kitchen.v1.Kitchen"),
    ] as [Request.MessageRequest])
  func absent(request: Request.MessageRequest) async throws {
    for version in ReflectionTests.versions {
      let call = try ReflectionTests.stream(version)
      for _ in 0..<2 {
        try call.send(Request.with { $0.messageRequest = request })
        let response = try #require(try await call.next(as: Response.self))
        #expect(ReflectionTests.errorCode(response) == 5)
        #expect(response.originalRequest?.messageRequest == request)
      }
      call.end()
      #expect(try await call.next(as: Response.self) == nil)
    }
  }

  @Test("a request for nothing is INVALID_ARGUMENT within the stream")
  func nothing() async throws {
    let call = try ReflectionTests.stream("grpc.reflection.v1")
    try call.send(Request())
    let response = try #require(try await call.next(as: Response.self))
    #expect(ReflectionTests.errorCode(response) == 3)
    call.cancel()
  }

  @Test("a name of a megabyte is NOT_FOUND and not sent back", arguments: ReflectionTests.versions)
  func long(version: String) async throws {
    let name = String(repeating: "a", count: 1 << 20)
    let requests: [Request.MessageRequest] = [
      .fileByFilename(name), .fileContainingSymbol(name), .allExtensionNumbersOfType(name),
      .listServices(name), .fileContainingExtension(.with { $0.containingType = name }),
    ]
    let call = try ReflectionTests.stream(version)
    for request in requests {
      try call.send(Request.with { $0.messageRequest = request })
      let response = try #require(try await call.next(as: Response.self))
      #expect(ReflectionTests.errorCode(response) == 5)
      #expect(try response.serializedBytes().count < 200)
    }
    try call.send(
      Request.with {
        $0.host = name
        $0.messageRequest = .listServices("")
      })
    let response = try #require(try await call.next(as: Response.self))
    #expect(ReflectionTests.errorCode(response) == 5)
    call.cancel()
  }

  @Test("names and host have 1,024 bytes together, not one more")
  func lengthLimit() async throws {
    let call = try ReflectionTests.stream("grpc.reflection.v1")
    for (count, isRepeated) in [(1000, true), (1001, false)] {
      try call.send(
        Request.with {
          $0.host = String(repeating: "h", count: 24)
          $0.messageRequest = .fileContainingSymbol(String(repeating: "s", count: count))
        })
      let response = try #require(try await call.next(as: Response.self))
      #expect(ReflectionTests.errorCode(response) == 5)
      #expect((response.originalRequest != nil) == isRepeated)
    }
    call.cancel()
  }

  @Test("fields that we do not know are not sent back")
  func unknownFields() async throws {
    let call = try ReflectionTests.stream("grpc.reflection.v1")
    // The service's own answer, whose fields 4 to 7 are other types: read as a request it is unknown fields.
    var request = Request.with { $0.messageRequest = .listServices("") }
    let padding = GoogleProtobuf.BytesValue.with { $0.value = Array(repeating: 7, count: 100_000) }
    request.unknownFields = try GoogleProtobuf.Empty(
      serializedBytes: [0xC2, 0x3E, 0xA4, 0x8D, 0x06] + padding.serializedBytes()
    ).unknownFields
    try #require(try request.serializedBytes().count > 100_000)
    try call.send(request)
    let response = try #require(try await call.next(as: Response.self))
    #expect(try response.serializedBytes().count < 1000)
    call.cancel()
  }

  @Test("a stream takes a thousand requests of ten thousand, then it is RESOURCE_EXHAUSTED")
  func countLimit() async throws {
    let call = try ReflectionTests.stream("grpc.reflection.v1")
    for _ in 0..<10_000 {
      try call.send(Request.with { $0.messageRequest = .fileContainingSymbol("a") })
    }
    for _ in 0..<1000 {
      let response = try #require(try await call.next(as: Response.self))
      #expect(ReflectionTests.errorCode(response) == 5)
    }
    await #expect(throws: RPCError(.resourceExhausted, "a stream takes at most 1000 requests")) {
      try await call.next(as: Response.self)
    }
  }
}
