import Testing

/// The rules, held to the house as it stands.
@Suite("The house keeps its rules")
struct HouseTests {
  let house: House

  init() throws { house = try House.asItStands.get() }

  /// The report alone: `#expect` on the list would print each violation twice.
  func expectNone(_ broken: [Violation]) {
    let isKept = broken.isEmpty
    #expect(isKept, "\(report(broken))")
  }

  @Test("every file imports only what its room may")
  func imports() {
    let broken = house.swift.flatMap(ImportRule.check)
    expectNone(broken)
  }

  @Test("files and functions are short")
  func lengths() {
    let broken = (house.swift + house.scripts).flatMap { LengthRule.check($0) }
    expectNone(broken)
  }

  @Test("no banned word, no unproved promise, no empty name")
  func words() {
    let broken = (house.swift + house.scripts).flatMap(WordRule.check)
    expectNone(broken)
  }

  @Test("a file with unsafe code says why it is safe")
  func safety() { expectNone(house.swift.flatMap(SafetyRule.check)) }

  @Test("the header of generated files and their names agree")
  func generated() {
    let broken = house.swift.flatMap(GeneratedRule.check)
    expectNone(broken)
  }

  @Test("every golden file is read by a test")
  func golden() {
    let readers = house.swift.filter(\.isTest) + house.scripts
    let broken = GoldenRule.check(house.golden, readers: readers)
    expectNone(broken)
  }

  @Test("targets, folders and the import table agree")
  func manifest() {
    let broken = ManifestRule.check(
      manifest: house.manifest, swift: house.swift, paths: house.paths)
    expectNone(broken)
  }

  /// A walk that found nothing would pass every test above.
  @Test("the walk sees every ground of the house")
  func grounds() {
    for ground in House.grounds {
      #expect(house.swift.contains { $0.path.hasPrefix(ground + "/") }, "no Swift in \(ground)")
    }
    #expect(house.scripts.contains { $0.path == "Tools/test" })
    for room in ImportTable.rooms where !room.toCome {
      #expect(
        house.swift.contains { $0.path.hasPrefix(room.path + "/") }, "\(room.module) is empty")
    }
  }
}
