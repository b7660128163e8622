import RPCCore
import Testing

@testable import RPCWire

@Suite("Metadata as header fields (Q13, Q14, Q15)")
struct MetadataFieldsTests {
  private func receive(_ name: String, _ value: String) -> (MetadataFields.OnReceived, Metadata) {
    receive(name, Array(value.utf8))
  }

  private func receive(
    _ name: String, _ value: [UInt8]
  ) -> (MetadataFields.OnReceived, Metadata) {
    var metadata = Metadata()
    let outcome = MetadataFields.receive(
      name: Array(name.utf8).span, value: value.span, into: &metadata)
    return (outcome, metadata)
  }

  @Test(
    "text comes in without its outer blanks",
    arguments: [("v", "v"), ("  a b ", "a b"), ("\tv\t", "v"), ("", ""), ("a,b", "a,b")])
  func text(sent: String, received: String) {
    let (outcome, metadata) = receive("x-name", sent)
    #expect(outcome == .kept)
    #expect(metadata["x-name"] == received)
  }

  @Test(
    "a value that an application could not send is dropped, not refused",
    arguments: [[0xE4], [0x61, 0x09, 0x61], [0x7F], [0x1F], [0x00]] as [[UInt8]])
  func foreignValue(value: [UInt8]) {
    let (outcome, metadata) = receive("x-name", value)
    #expect(outcome == .dropped)
    #expect(metadata.isEmpty)
  }

  @Test(
    "so is a name that is not gRPC's or is the protocol's own",
    arguments: ["a!", "a~b", "X-Upper", "", "te", ":x", "grpc-tags-bin", "grpc-internal"])
  func foreignName(name: String) {
    let (outcome, metadata) = receive(name, "v")
    #expect(outcome == .dropped)
    #expect(metadata.isEmpty)
  }

  @Test(
    "names of the protocol that applications see",
    arguments: ["user-agent", "grpc-previous-rpc-attempts", "grpc-retry-pushback-ms"])
  func visibleName(name: String) {
    #expect(receive(name, "1").1[name] == "1")
  }

  @Test(
    "bytes come in padded or not, several in one field or none in it",
    arguments: [
      ("q6ur", [[0xAB, 0xAB, 0xAB]]), ("q6s", [[0xAB, 0xAB]]), ("q6s=", [[0xAB, 0xAB]]),
      ("", [[]]), ("q6s,q6s=, qw", [[0xAB, 0xAB], [0xAB, 0xAB], [0xAB]]), (",", [[], []]),
      (" q6s ", [[0xAB, 0xAB]]),
    ] as [(String, [[UInt8]])])
  func bytes(sent: String, received: [[UInt8]]) {
    let (outcome, metadata) = receive("trace-bin", sent)
    #expect(outcome == .kept)
    #expect(metadata.binaryValues(for: "trace-bin") == received)
  }

  @Test("bytes that are not base64 are malformed", arguments: ["?", "A", "AA=A", "q6s,?", "q6s;"])
  func malformedBytes(sent: String) {
    #expect(receive("trace-bin", sent).0 == .malformed)
  }

  @Test("metadata goes out in order, bytes without padding")
  func sending() {
    var list = FieldList()
    MetadataFields.send(
      ["b": "1", "a-bin": .binary([0xAB, 0xAB]), "b": "2", "empty": "", "e-bin": .binary([])],
      to: &list)
    #expect(list.fields == ["b: 1", "a-bin: q6s", "b: 2", "empty: ", "e-bin: "])
  }
}
