import CallRecorder
import Protobuf
import RPCCore

/// Three calls, each at the same time as another, with everything that can happen.
struct SampleCassette {
  private(set) var entries: [CassetteEntry] = []
  private(set) var bytes: [UInt8] = []
  /// Where each entry of the file ends.
  private(set) var ends: [Int] = []

  init(sign: (([UInt8]) throws -> [UInt8])? = nil) throws {
    var writer = CassetteWriter(from: .init(microsecondsSinceEpoch: 1_688_396_400_000_000))
    add(try writer.begin(.with { $0.target = "dns:///localhost:1" }))
    let calls = [writer.beginCall(), writer.beginCall(), writer.beginCall()]
    var numbers: [UInt64: UInt64] = [:]
    for (number, step) in Self.steps.enumerated() {
      let call = calls[step.0]
      let entry = CassetteEntry(
        call: call, number: numbers[call, default: 0] + 1,
        offset: .nanoseconds(1_500_000_001 * number), event: step.1,
        redactedPaths: number == 2 ? ["person.full_name"] : [])
      numbers[call] = entry.number
      entries.append(entry)
      add(
        try writer.append(
          entry.event, to: call, at: entry.offset, redactedPaths: entry.redactedPaths))
    }
    add(try writer.finish(sign: sign))
  }

  private mutating func add(_ entry: [UInt8]) {
    bytes += entry
    ends.append(bytes.count)
  }

  /// The number of the entry that has the byte.
  func number(at index: Int) -> Int { (ends.firstIndex { index < $0 } ?? 0) + 1 }

  /// The entries of the file, each with its length.
  var pieces: [[UInt8]] {
    zip([0] + ends, ends).map { Array(bytes[$0..<$1]) }
  }

  private static let steps: [(Int, CassetteEntry.Event)] = [
    (
      0,
      .clientHeader(
        .init(
          path: "/a.B/One", authority: "localhost:1", timeout: .milliseconds(1_500),
          metadata: ["x-purpose": "audit", "trace-bin": .binary([0, 255])]))
    ),
    (1, .clientHeader(.init(path: "/a.B/Many"))),
    (0, .clientMessage(.init([1, 2, 3], encoding: "gzip"))),
    (0, .clientHalfClose),
    (1, .clientMessage(.init([]))),
    (1, .serverHeader(["x-node": "1"])),
    (1, .serverMessage(.init([]))),
    (2, .clientHeader(.init(path: "/a.B/Gone"))),
    (0, .serverHeader([:])),
    (0, .serverMessage(.init([5], count: 900))),
    (0, .serverTrailer(.init(.ok, metadata: ["x-digest-bin": .binary([1])]))),
    (1, .serverMessage(.init([9]))),
    (1, .clientMessage(.init([6]))),
    (1, .serverMessage(.init([8, 8]))),
    (2, .cancel(resetCode: 8)),
    (
      1,
      .serverTrailer(
        .init(
          Status(.failedPrecondition, "the slot is full – «lleno»", details: [4, 5]),
          isWholeAnswer: false, resetCode: nil))
    ),
  ]
}
