import KitchenSink
import Testing

@testable import Protobuf

/// P8: 4 MiB that would become a hundred megabytes elsewhere stay within the budget and take bounded
/// time here.
@Suite("Bombs of 4 MiB")
struct BombTests {
  static let byteCount = 4 << 20

  static func repeated(_ unit: [UInt8]) -> [UInt8] {
    Array(repeatElement(unit, count: byteCount / unit.count).joined())
  }

  static let bombs: [(String, [UInt8])] = [
    ("empty map entries", Bytes.field(1, [])),
    ("empty messages", Bytes.field(17, [])),
    ("empty strings in entries", Bytes.field(12, [0x0A, 0])),
    ("unknown varints", Bytes.field(500, varint: 0)),
    ("unknown varints between known fields", Bytes.field(500, varint: 0) + Bytes.field(1, [])),
  ]

  @Test("A bomb of map entries or unknown fields ends cleanly", arguments: bombs)
  func maps(_ name: String, _ unit: [UInt8]) throws {
    let bytes = Self.repeated(unit)
    let clock = ContinuousClock()
    let duration = clock.measure {
      let reason = decodingReason { _ = try KitchenV1.Maps(serializedBytes: bytes) }
      #expect(reason == nil || reason == .budgetExceeded || reason == .fieldCountExceeded)
    }
    #expect(duration < .seconds(5), "\(name) took \(duration)")
  }

  @Test(
    "A bomb of repeated scalars ends cleanly",
    arguments: [Bytes.field(63, varint: 0), Bytes.field(54, ""), Bytes.field(69, varint: 0)])
  func scalars(_ unit: [UInt8]) throws {
    let bytes = Self.repeated(unit)
    let duration = ContinuousClock().measure {
      let reason = decodingReason { _ = try KitchenV1.Scalars(serializedBytes: bytes) }
      #expect(reason == nil || reason == .budgetExceeded || reason == .fieldCountExceeded)
    }
    #expect(duration < .seconds(5), "took \(duration)")
  }

  @Test("A packed run of 4 MiB is honest and is read")
  func packed() throws {
    let run = [UInt8](repeating: 1, count: Self.byteCount)
    let scalars = try KitchenV1.Scalars(serializedBytes: Bytes.field(53, run))
    #expect(scalars.boolList.count == Self.byteCount)
  }

  @Test("A budget is kept to the byte's order: what needs twice as much is refused")
  func budget() throws {
    let bytes = Bytes.field(53, [UInt8](repeating: 1, count: 100_000))
    var limits = DecodingLimits.standard
    limits.arenaByteCountMax = 1 << 20
    #expect(try KitchenV1.Scalars(serializedBytes: bytes, limits: limits).boolList.count == 100_000)
    limits.arenaByteCountMax = 300_000
    let reason = decodingReason {
      _ = try KitchenV1.Scalars(serializedBytes: bytes, limits: limits)
    }
    #expect(reason == .budgetExceeded)
  }
}
