import Testing

@testable import RPCWire

@Suite("Names of the protocol's own fields")
struct FieldNameTests {
  private func name(_ text: [UInt8]) -> FieldName? { FieldName(text.span) }

  @Test("each is known by its own text", arguments: FieldName.allCases)
  func knownByText(name: FieldName) {
    #expect(self.name(Array("\(name.text)".utf8)) == name)
  }

  @Test("one byte changed makes it another name", arguments: FieldName.allCases)
  func changedByteIsUnknown(name: FieldName) {
    let text = Array("\(name.text)".utf8)
    for index in text.indices {
      var changed = text
      changed[index] ^= 0x20
      #expect(self.name(changed) == nil)
      changed[index] = 0
      #expect(self.name(changed) == nil)
    }
    #expect(self.name(text + [0x61]) == nil)
    #expect(self.name(Array(text.dropLast())) == nil)
  }

  @Test("no name at all is unknown")
  func emptyIsUnknown() {
    #expect(name([]) == nil)
  }
}
