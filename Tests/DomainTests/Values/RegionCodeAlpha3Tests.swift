import Domain
import Testing

@Suite struct RegionCodeAlpha3Tests {
  @Test("codes of three letters are those of the regions that have one, and no others")
  func alpha3() {
    for (code, region) in [
      ("GTM", RegionCode.guatemala), ("USA", .unitedStates), ("SLV", .elSalvador),
      ("HND", .honduras), ("ESP", .spain), ("D", RegionCode(rawValue: "DE")),
    ] as [(String, RegionCode?)] {
      #expect(RegionCode(alpha3: code) == region)
    }
    for code in ["", "UTO", "XXA", "UNO", "GT", "gtm"] { #expect(RegionCode(alpha3: code) == nil) }
    let letters = (UInt8(ascii: "A")...UInt8(ascii: "Z")).map { String(UnicodeScalar($0)) }
    var found: [RegionCode] = []
    for one in letters {
      for two in letters {
        for three in letters {
          if let region = RegionCode(alpha3: one + two + three) { found.append(region) }
        }
      }
    }
    #expect(found.count == RegionCode.assignedCount)
    #expect(Set(found).count == found.count)
  }
}
