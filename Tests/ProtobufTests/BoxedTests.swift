import KitchenSink
import Protobuf
import Testing

@Suite("Boxed fields")
struct BoxedTests {
  @Test("A boxed field behaves like a value: a change of a copy stays in the copy")
  func copies() {
    var tree = KitchenV1.Tree()
    #expect(tree.parent == nil)
    tree.parent = .with { $0.label = "root" }
    var copy = tree
    copy.parent?.label = "other"
    #expect(tree.parent?.label == "root")
    #expect(copy.parent?.label == "other")
    #expect(copy != tree)
    copy.parent?.label = "root"
    #expect(copy == tree)
    #expect(copy.hashValue == tree.hashValue)
    copy.parent = nil
    #expect(copy != tree)
  }
}
