import Testing

@testable import RPCWire

@Suite("Names of encodings (Q20)")
struct MessageEncodingTests {
  @Test("exact names are read, and each is written as it is read")
  func names() {
    for encoding in MessageEncoding.allCases {
      #expect(MessageEncoding(fieldValue: Array("\(encoding.name)".utf8).span) == encoding)
    }
    #expect(MessageEncoding.allCases.map { "\($0.name)" } == ["identity", "gzip", "deflate"])
  }

  @Test(
    "any other name is unknown",
    arguments: ["", "GZIP", "gzip ", " gzip", "gzi", "gzipp", "gzip,deflate", "br", "x-gzip", "\0"])
  func unknown(name: String) {
    #expect(MessageEncoding(fieldValue: Array(name.utf8).span) == nil)
  }

  private static let lists: [(String, EncodingSet)] = [
    ("", .identity), (",", .identity), (" \t", .identity), ("identity", .identity),
    ("gzip", [.identity, .gzip]), ("gzip, deflate,identity", .all), ("identity,deflate,gzip", .all),
    (" ,\tgzip\t , ,", [.identity, .gzip]), ("gzip,gzip", [.identity, .gzip]),
    ("br,deflate;q=1,zstd,deflate", [.identity, .deflate]), ("GZIP,gzip deflate", .identity),
  ]

  @Test("a list is read leniently, and what is unknown in it passed over", arguments: lists)
  func accepted(list: String, set: EncodingSet) {
    #expect(EncodingSet(acceptField: Array(list.utf8).span) == set)
  }

  @Test("every set with identity is read as it is written", arguments: UInt8(0)..<8)
  func roundTrip(rawValue: UInt8) {
    let set = EncodingSet(rawValue: rawValue).union(.identity)
    #expect(EncodingSet(acceptField: Array(set.fieldValue.utf8).span) == set)
    #expect(set.contains(MessageEncoding.gzip) == set.contains(EncodingSet.gzip))
  }

  @Test("all we have is said in one field")
  func all() {
    #expect(EncodingSet.all.fieldValue == "identity,gzip,deflate")
    #expect(EncodingSet([]).fieldValue == "")
    #expect(MessageEncoding.allCases.allSatisfy { EncodingSet.all.contains($0) })
  }
}
