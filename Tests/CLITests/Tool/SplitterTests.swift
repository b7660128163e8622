import Testing

@testable import CLI

/// JSON values cut out of what arrives, and trees in other forms.
@Suite struct SplitterTests {
  private static let values = [
    #"{"a": "}{", "b": [1, {"c": "\"]"}]}"#, "[]", "12", #""x \\""#, "true", #"{"é": "\u00e9"}"#,
    "-1.5e3", "null",
  ]

  private func split(_ pieces: [[UInt8]]) throws -> [String] {
    var splitter = JSONSplitter()
    var found: [String] = []
    for piece in pieces {
      splitter.append(piece)
      while let value = try splitter.next() { found.append(String(decoding: value, as: UTF8.self)) }
    }
    if let rest = splitter.rest() { found.append(String(decoding: rest, as: UTF8.self)) }
    return found
  }

  @Test("values are the same wherever what arrives is cut", arguments: ["\n", " \t", "\u{1E}"])
  func everyCut(separator: String) throws {
    let bytes = Array(Self.values.joined(separator: separator).utf8)
    for cut in 0...bytes.count {
      let found = try split([Array(bytes[..<cut]), Array(bytes[cut...])])
      #expect(found == Self.values, "cut at \(cut)")
    }
    #expect(try split(bytes.map { [$0] }) == Self.values)
  }

  @Test("values need nothing between them where they end by themselves")
  func joined() throws {
    #expect(
      try split([Array(#"{}[]"a"{"b":1}7{"c":2}"#.utf8)]) == [
        "{}", "[]", "\"a\"", "{\"b\":1}", "7", "{\"c\":2}",
      ])
    #expect(try split([Array(" \n ".utf8)]).isEmpty)
    #expect(try split([Array("{\"open\": ".utf8)]) == ["{\"open\": "])
  }

  @Test("a value is there as soon as its last byte is")
  func promptly() throws {
    var splitter = JSONSplitter()
    splitter.append(Array("{\"a\": 1".utf8))
    #expect(try splitter.next() == nil)
    splitter.append(Array("}".utf8))
    #expect(try splitter.next() == Array("{\"a\": 1}".utf8))
  }

  @Test("YAML says the same, and quotes what it would take for something else")
  func yaml() {
    let tree = JSONTree(
      encoded:
        #"{"name":"offices/gt","flag":"yes","n":"12","count":3,"none":[],"items":[{"a":"x: y","b":["p",true]},{"a":""}]}"#
    )
    #expect(
      tree.yaml == """
        name: offices/gt
        flag: "yes"
        "n": "12"
        count: 3
        none: []
        items:
          - a: "x: y"
            b:
              - p
              - true
          - a: ""
        """)
    #expect(JSONTree(encoded: tree.json) == tree)
  }
}
