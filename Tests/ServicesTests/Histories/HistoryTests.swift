import Foundation
import ServiceFixture
import Storage
import Testing

/// One history on every store: what a store is made of must not show in any answer.
@Suite("Histories")
struct HistoryTests {
  private static let isFull = ProcessInfo.processInfo.environment["PASARELA_FULL"] == "1"
  private static let callCount = 1_000
  /// How long one may take; a slow machine makes fewer calls.
  private static let duration = Duration.seconds(isFull ? 60 : 10)
  /// One that is always the same, and others; `PASARELA_SEED=n` runs that one alone.
  private static let seeds =
    ProcessInfo.processInfo.environment["PASARELA_SEED"].flatMap(UInt64.init).map { [$0] }
    ?? [2023] + (0..<(isFull ? 20 : 1)).map { _ in UInt64.random(in: 0..<1_000_000) }

  @Test("the same calls have the same answers on every store", arguments: seeds)
  func same(_ seed: UInt64) async throws {
    var histories: [(kind: World.StoreKind, history: History)] = []
    for kind in World.StoreKind.allCases {
      histories.append((kind, try await History(kind, seed: seed)))
    }
    let end = ContinuousClock.now + Self.duration
    var kinds: Set<String> = []
    for number in 1...Self.callCount where ContinuousClock.now < end {
      var lines: [String] = []
      for (_, history) in histories { lines.append(try await history.step()) }
      guard Set(lines).count == 1 else {
        let shown = zip(histories, lines).map { "\($0.kind): \($1)" }.joined(separator: "\n")
        Issue.record("seed \(seed), call \(number)\n\(shown)")
        return
      }
      kinds.insert(Self.kind(of: lines[0]))
      // Else what is compared would be little, however many calls there are.
      if number == Self.callCount { #expect(kinds.count >= 80, "seed \(seed): \(kinds.sorted())") }
    }
    let expected = try await histories[0].history.traces()
    for (kind, history) in histories.dropFirst() {
      let difference = try await history.traces().difference(from: expected)
      #expect(difference.isEmpty, "seed \(seed), \(kind): \(difference)")
      #expect(try await history.world.store.integrityProblems() == [])
    }
  }

  /// A line without what is particular to it.
  static func kind(of line: String) -> String {
    let parts = line.split(separator: ": ", maxSplits: 1)
    guard parts.count == 2 else { return "time" }
    let method = parts[0].split(separator: " ").last ?? ""
    let outcome = parts[1].hasPrefix("{") ? "answered" : String(parts[1].prefix { $0 != "[" })
    return "\(method) \(outcome)"
  }
}
