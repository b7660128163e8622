import RPCCore
import Testing

@Suite("Metadata")
struct MetadataTests {
  @Test("order and repeated names are kept")
  func orderIsKept() throws {
    var metadata = Metadata()
    try metadata.append("b", "1")
    try metadata.append("a", "2")
    try metadata.append("b", "3")
    #expect(metadata.map(\.name) == ["b", "a", "b"])
    #expect(metadata.values(for: "b") == ["1", "3"])
    #expect(metadata["b"] == "1")
    #expect(metadata["c"] == nil)
    #expect(metadata.values(for: "c") == [])
    #expect(metadata.count == 3)
  }

  @Test("names are found and stored in lower case")
  func namesFold() throws {
    var metadata = Metadata()
    try metadata.append("X-Purpose", "audit")
    #expect(metadata.first?.name == "x-purpose")
    #expect(metadata["x-PURPOSE"] == "audit")
    metadata.removeAll(named: "X-purpose")
    #expect(metadata.isEmpty)
  }

  @Test("a -bin name carries bytes and no other does (Q13)")
  func kindsFollowNames() throws {
    var metadata: Metadata = ["trace-bin": .binary([0, 255, 44])]
    try metadata.append("trace-bin", binary: [])
    #expect(metadata.binaryValues(for: "trace-bin") == [[0, 255, 44], []])
    #expect(metadata["trace-bin"] == nil)
    #expect(metadata.values(for: "trace-bin") == [])
    #expect(throws: Metadata.Refusal.wrongKind(name: "trace-bin")) {
      try metadata.append("trace-bin", "text")
    }
    #expect(throws: Metadata.Refusal.wrongKind(name: "trace")) {
      try metadata.append("trace", binary: [1])
    }
    #expect(metadata.count == 2)
  }

  @Test("names that gRPC allows (Q14)", arguments: ["a", "0", "a_b", "a.b", "a-b", "0-9.z_"])
  func legalNames(name: String) throws {
    var metadata = Metadata()
    try metadata.append(name, "v")
    #expect(metadata[name] == "v")
  }

  @Test(
    "names that gRPC does not allow (Q14)",
    arguments: ["", "a b", "a:b", "ä", "a/b", "a!", "a\n", "a=b", "a@b", "a`", "a{"])
  func illegalNames(name: String) {
    var metadata = Metadata()
    #expect(throws: Metadata.Refusal.illegalName(name)) { try metadata.append(name, "v") }
    #expect(metadata.isEmpty)
  }

  @Test(
    "names that belong to the protocol (Q15)",
    arguments: [
      ":path", ":anything", "te", "content-type", "user-agent", "grpc-timeout", "grpc-status",
      "grpc-", "grpc-anything", "TE", "Grpc-Status",
    ])
  func reservedNames(name: String) {
    var metadata = Metadata()
    #expect(throws: Metadata.Refusal.reservedName(name)) { try metadata.append(name, "v") }
  }

  @Test("names with grpc- that applications may set (Q15)")
  func openNames() throws {
    var metadata = Metadata()
    try metadata.append("grpc-previous-rpc-attempts", "1")
    try metadata.append("grpc-retry-pushback-ms", "10")
    try metadata.append("grpc-trace-bin", binary: [1])
    try metadata.append("grpcfoo", "1")
    try metadata.append("tea", "1")
    #expect(metadata.count == 5)
  }

  @Test("text is printable ASCII", arguments: [" ~", "a", "", "a b", "a,b;c=\"d\""])
  func legalValues(value: String) throws {
    var metadata = Metadata()
    try metadata.append("n", "x\(value)x")
    #expect(metadata["n"] == "x\(value)x")
  }

  @Test(
    "any other text is refused without repeating it",
    arguments: ["\u{1F}", "\u{7F}", "ä", "a\nb", "\t"])
  func illegalValues(value: String) {
    var metadata = Metadata()
    #expect(throws: Metadata.Refusal.illegalValue(name: "n")) { try metadata.append("n", value) }
  }

  @Test("NUL is legal nowhere")
  func nulIsIllegal() {
    var metadata = Metadata()
    #expect(throws: Metadata.Refusal.illegalName("a\0")) { try metadata.append("a\0", "v") }
    #expect(throws: Metadata.Refusal.illegalValue(name: "n")) { try metadata.append("n", "\0") }
  }

  @Test("outer spaces do not survive (Q14)", arguments: [(" a b  ", "a b"), ("   ", ""), ("", "")])
  func spacesAreTrimmed(given: String, kept: String) throws {
    var metadata = Metadata()
    try metadata.append("n", given)
    #expect(metadata["n"] == kept)
  }

  @Test("set replaces every field of the name and leaves the rest in order")
  func setReplaces() throws {
    var metadata: Metadata = ["a": "1", "b": "2", "a": "3"]
    try metadata.set("a", "4")
    #expect(metadata == ["b": "2", "a": "4"])
  }

  @Test("a refused set changes nothing")
  func refusedSetChangesNothing() {
    var metadata: Metadata = ["a": "1"]
    #expect(throws: Metadata.Refusal.illegalValue(name: "a")) { try metadata.set("a", "ä") }
    #expect(metadata == ["a": "1"])
  }

  @Test("equal content is equal, however it came about")
  func equalityIsByContent() throws {
    var metadata: Metadata = ["x": "1", "a": "1", "b": "2"]
    metadata.removeAll(named: "x")
    var joined: Metadata = ["a": "1"]
    joined.append(contentsOf: ["b": "2"])
    #expect(metadata == ["a": "1", "b": "2"])
    #expect(joined == metadata)
    #expect(joined.hashValue == metadata.hashValue)
    #expect(metadata != ["b": "2", "a": "1"])
    #expect(Metadata(dictionaryLiteral: ("ab", "c")) != ["a": "bc"])
  }

  @Test("the size is that of the header list, bytes as base64 (Q16)")
  func listByteCount() {
    #expect(Metadata().listByteCount == 0)
    #expect((["ab": "cde"] as Metadata).listByteCount == 37)
    for (byteCount, base64Count) in [(0, 0), (1, 2), (2, 3), (3, 4), (4, 6)] {
      let metadata: Metadata = ["a-bin": .binary([UInt8](repeating: 1, count: byteCount))]
      #expect(metadata.listByteCount == 5 + base64Count + 32)
    }
  }

  @Test("a detached copy is equal and unaffected by what follows")
  func detachedIsIndependent() throws {
    var metadata: Metadata = ["a": "1"]
    let copy = metadata.detached()
    #expect(copy == metadata)
    metadata.removeAllKeepingCapacity()
    #expect(metadata.isEmpty)
    #expect(copy["a"] == "1")
  }
}
