import HTTP2
import Testing

@Suite("opened stream ids")
struct OpenedStreamIDsTests {
  @Test("ids between two opened ones were skipped, the opened ones were not")
  func gaps() {
    var ids = OpenedStreamIDs()
    for id: Int32 in [3, 5, 11] { ids.open(id) }
    let skipped = stride(from: Int32(1), through: 13, by: 1).filter { ids.wasSkipped($0) }
    #expect(skipped == [1, 7, 9])
  }

  @Test("only the last gaps are remembered, so a client cannot make us hold more")
  func bounded() {
    var ids = OpenedStreamIDs()
    for index in 0..<Int32(OpenedStreamIDs.gapCountMax + 1) { ids.open(3 + 4 * index) }
    #expect(!ids.wasSkipped(1))
    #expect(ids.wasSkipped(5))
  }
}
