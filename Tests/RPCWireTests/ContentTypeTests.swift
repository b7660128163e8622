import Testing

@testable import RPCWire

@Suite("content-type (Q2, Q3, D6)")
struct ContentTypeTests {
  @Test(
    "what it says about the messages",
    arguments: [
      ("application/grpc", .proto), ("application/grpc+proto", .proto),
      ("application/grpc;charset=utf-8", .proto), ("application/grpc+proto;v=1", .proto),
      ("application/grpc+proto ; v=1", .proto), ("Application/GRPC+Proto", .proto),
      ("application/grpc+json", .unknownSubtype), ("application/grpc+", .unknownSubtype),
      ("application/grpc+protobuf", .unknownSubtype), ("application/grpc+foo", .unknownSubtype),
      ("application/grpc-web", .foreign), ("application/grpc-web+proto", .foreign),
      ("application/grpcfoo", .foreign), ("application/grp", .foreign), ("", .foreign),
      ("application/json", .foreign), ("image/jpeg", .foreign), (" application/grpc", .foreign),
      ("application/grpc ", .foreign), ("text/plain;application/grpc", .foreign),
    ] as [(String, ContentType)])
  func judged(text: String, contentType: ContentType) {
    let judged = ContentType(Array(text.utf8).span)
    #expect(judged == contentType)
  }
}
