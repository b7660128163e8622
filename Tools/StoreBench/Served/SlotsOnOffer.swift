import Domain
import Storage
import StorageSQL
import StoreSamples

/// Slots that are put into a filled store, for interviews at the sample office.
enum SlotsOnOffer {
  /// Far enough behind the opening for a store that was filled some months ago, its clock having gone on.
  private static let firstHour = 24 * 120

  /// Stores so many slots with so many seats each.
  static func put(
    into place: StorePlace, slotCount: Int, seatsPerSlot: Int
  ) async throws -> [Slot] {
    var maker = SampleMaker(try StoredWorld(), seed: 1)
    let slots = (0..<slotCount).map {
      maker.slot(seats: seatsPerSlot, hoursAfterOpening: firstHour + $0)
    }
    let store = try place.open { StorePlace.morning }
    try await store.write { tx in for slot in slots { try tx.insert(slot) } }
    try await store.close()
    return slots
  }
}

extension Slot {
  /// As a request names it.
  var resourceName: String {
    let plan = schedule.flatMap { $0.rawValue.split(separator: "/").last } ?? "-"
    return "offices/\(service.office)/schedules/\(plan)/slots/\(id)"
  }
}
