import KitchenSink
import Protobuf
import Testing

/// Field masks as updates use them (https://google.aip.dev/134).
@Suite("Updating by field mask")
struct UpdatingTests {
  static let old = KitchenV1.Tree.with {
    $0.label = "old"
    $0.status = .growing
    $0.children = [.with { $0.label = "child" }]
    $0.branch = .with {
      $0.weight = 5
      $0.twig = .with { $0.status = .broken }
    }
  }
  static let new = KitchenV1.Tree.with {
    $0.label = "new"
    $0.branch = .with { $0.weight = 9 }
  }

  func update(_ paths: String...) throws -> KitchenV1.Tree {
    try Self.old.updated(from: Self.new, mask: .init(paths: paths))
  }

  @Test("Only the fields of the mask change")
  func some() throws {
    var expected = Self.old
    expected.label = "new"
    #expect(try update("label") == expected)
    #expect(try update() == Self.old)
  }

  @Test("A field of the mask that the source lacks is cleared")
  func cleared() throws {
    let result = try update("status", "children")
    #expect(result.status == .unspecified)
    #expect(result.children.isEmpty)
    #expect(result.label == "old")
  }

  @Test("A path goes into a message and leaves its other fields")
  func inner() throws {
    let result = try update("branch.weight")
    #expect(result.branch?.weight == 9)
    #expect(result.branch?.twig?.status == .broken)
    #expect(try update("branch").branch == Self.new.branch)
  }

  @Test("The star takes everything, unknown fields stay")
  func star() throws {
    #expect(try update("*") == Self.new)
    var old = Self.old
    old.unknownFields.append(999, varint: 1)
    let result = try old.updated(from: Self.new, mask: .init(paths: ["label"]))
    #expect(result.unknownFields == old.unknownFields)
  }

  @Test("A oneof member of the mask replaces the other member")
  func oneof() throws {
    let old = KitchenV1.Choices.with { $0.choice = .text("a") }
    let new = KitchenV1.Choices.with { $0.choice = .number(3) }
    #expect(try old.updated(from: new, mask: .init(paths: ["number"])) == new)
    let later = KitchenV1.Choices.with { $0.choice = .flag(true) }
    #expect(try new.updated(from: later, mask: .init(paths: ["flag"])) == later)
    #expect(try later.updated(from: new, mask: .init(paths: ["number"])) == new)
  }

  @Test(
    "A path must lead to a field",
    arguments: [
      ("label", true), ("branch.twig.status", true), ("*", true), ("nothing", false),
      ("branch.nothing", false), ("children.label", false), ("label.x", false), ("", false),
      ("branch.", false), (".label", false),
    ])
  func legality(_ path: String, _ isLegal: Bool) {
    let mask = GoogleProtobuf.FieldMask(paths: ["label", path])
    #expect(mask.firstIllegalPath(in: KitchenV1.Tree.descriptor) == (isLegal ? nil : path))
  }
}
