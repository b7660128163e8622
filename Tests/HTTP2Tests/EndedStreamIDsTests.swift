import HTTP2
import Testing

@Suite("ended stream ids")
struct EndedStreamIDsTests {
  @Test("the last ones are known, as many as there is room for, and older ones are not")
  func last() {
    var ids = EndedStreamIDs()
    #expect(!ids.contains(1))
    let count = 3 * EndedStreamIDs.countMax
    for index in 0..<count {
      let id = Int32(2 * index + 1)
      ids.note(id)
      #expect(ids.contains(id))
      let oldest = index - EndedStreamIDs.countMax + 1
      if oldest >= 0 { #expect(ids.contains(Int32(2 * oldest + 1))) }
      if oldest >= 1 { #expect(!ids.contains(Int32(2 * oldest - 1))) }
    }
  }
}
