import RPCCore
import Testing

@testable import RPCWire

@Suite("Header lists of responses (R4…R7)")
struct ResponseBlockReaderTests {
  private func read(
    _ fields: [(String, String)], limits: CallLimits = CallLimits(), isOversized: Bool = false
  ) -> ResponseBlock {
    var reader = ResponseBlockReader(limits: limits)
    for (name, value) in fields {
      reader.field(name: Array(name.utf8).span, value: Array(value.utf8).span)
    }
    return reader.finish(isOversized: isOversized)
  }

  @Test("head and trailers come apart into their parts")
  func parts() {
    let block = read([
      (":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "5"),
      ("grpc-message", "no%20%F0%9F%98%88"), ("grpc-status-details-bin", "AQI="), ("a", "1"),
      ("a", "2"), ("b-bin", "AQ"), ("grpc-encoding", "identity"),
    ])
    #expect(block.httpStatus == 200)
    #expect(block.contentType == .proto)
    #expect(block.grpcStatus == .code(.notFound))
    #expect(block.message == "no 😈")
    #expect(block.details == [1, 2])
    #expect(block.metadata == ["a": "1", "a": "2", "b-bin": .binary([1])])
    #expect(block.encoding == .identity)
    #expect(!block.isOversized)
  }

  @Test("what is absent is absent")
  func absent() {
    let block = read([("a", "1")])
    #expect(block.httpStatus == nil)
    #expect(block.contentType == nil)
    #expect(block.grpcStatus == .absent)
    #expect(block.details == nil)
  }

  @Test(
    "a status is a decimal number (R6)",
    arguments: [
      ("0", .code(.ok)), ("16", .code(.unauthenticated)), ("05", .code(.notFound)),
      ("17", .code(.unknown)), ("999999999", .code(.unknown)), ("", .malformed), ("x", .malformed),
      ("-1", .malformed), ("1 ", .malformed), ("9999999999", .malformed), ("٣", .malformed),
    ] as [(String, ResponseBlock.GRPCStatus)])
  func status(text: String, status: ResponseBlock.GRPCStatus) {
    #expect(read([("grpc-status", text)]).grpcStatus == status)
  }

  @Test("an unknown number is kept")
  func unknownNumber() {
    guard case .code(let code) = read([("grpc-status", "17")]).grpcStatus else {
      Issue.record("no code")
      return
    }
    #expect(code.wireValue == 17)
  }

  @Test("broken details and metadata are dropped, for the answer is worth more")
  func brokenBinary() {
    let block = read([("grpc-status-details-bin", "?"), ("b-bin", "?"), ("grpc-status", "0")])
    #expect(block.details == nil)
    #expect(block.metadata.isEmpty)
    #expect(block.grpcStatus == .code(.ok))
  }

  @Test("an encoding that is not known is noted (Q20)", arguments: ["zstd", "foo", ""])
  func unknownEncoding(encoding: String) {
    #expect(read([("grpc-encoding", encoding)]).encoding == nil)
  }

  @Test("a list over the limit says so (Q16)")
  func limits() {
    var limits = CallLimits()
    limits.headerListByteCountMax = 34
    #expect(!read([("a", "1")], limits: limits).isOversized)
    #expect(read([("a", "12")], limits: limits).isOversized)
    limits = CallLimits()
    limits.headerFieldCountMax = 1
    #expect(!read([("a", "1")], limits: limits).isOversized)
    #expect(read([("a", "1"), ("b", "1")], limits: limits).isOversized)
    #expect(read([("a", "1")], isOversized: true).isOversized)
  }

  @Test("fields of one list do not show in the next")
  func readerIsReusable() {
    var reader = ResponseBlockReader()
    reader.field(name: Array("a".utf8).span, value: Array("1".utf8).span)
    let first = reader.finish()
    let second = reader.finish()
    #expect(first.metadata == ["a": "1"])
    #expect(second == ResponseBlock())
  }
}
