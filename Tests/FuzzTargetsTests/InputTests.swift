import FuzzTargets
import Testing

/// What the fuzzers begin from and what they once found, in every run of the tests.
@Suite("inputs of the fuzzers")
struct InputTests {
  @Test("every seed and every finding that was mended keeps the laws of its target")
  func replay() throws {
    let files = try InputFile.all()
    #expect(files.count > FuzzTarget.allCases.count)
    for file in files {
      #expect(throws: Never.self, "\(file)") { try file.target.run(file.bytes) }
    }
  }

  @Test("every target has seeds, and nothing is an input too", arguments: FuzzTarget.allCases)
  func seeds(target: FuzzTarget) throws {
    let seeds = try InputFile.all().filter { $0.target == target && $0.path.contains("/Seeds/") }
    #expect(!seeds.isEmpty)
    #expect(throws: Never.self) { try target.run([]) }
  }

  @Test("seeds that were changed at random keep them too", arguments: FuzzTarget.allCases)
  func changed(target: FuzzTarget) throws {
    let seed = UInt64.random(in: .min ... .max)
    var changes = InputChanges(seed: seed)
    let files = try InputFile.all().filter { $0.target == target }
    for round in 0..<1000 {
      let input = changes.changed(files[round % files.count].bytes)
      #expect(throws: Never.self, "seed \(seed), round \(round)") { try target.run(input) }
    }
  }
}
