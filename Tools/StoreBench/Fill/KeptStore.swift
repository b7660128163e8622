import Foundation
import StorageSQL
import Trials

/// A filled SQLite store in a folder that is kept from run to run. It stays as it was filled: what is measured is a copy.
struct KeptStore: Sendable {
  let plan: FillPlan
  private let folder: URL

  /// - Parameter folder: where all such stores are kept
  init(_ plan: FillPlan, in folder: String) {
    self.plan = plan
    let schema = Schema.migrations.last?.version ?? 0
    self.folder = URL(filePath: folder).appendingPathComponent(
      "schema-\(schema)-plan-\(FillPlan.version)-\(plan.count)-registrations")
  }

  /// A store's clock goes on while it is kept, and must not come to the slots that are put on offer in it.
  private static let ageMaxSeconds = 100.0 * 86_400

  /// Fills it, unless an earlier run has.
  func fill() async throws {
    let files = FileManager.default
    if let made = try? files.attributesOfItem(atPath: folder.path)[.modificationDate] as? Date {
      if made.timeIntervalSinceNow > -Self.ageMaxSeconds { return }
      try files.removeItem(at: folder)
    }
    // A run that is broken off leaves nothing under the name.
    let unfinished = folder.appendingPathExtension("unfinished-\(UUID().uuidString.prefix(8))")
    try files.createDirectory(at: unfinished, withIntermediateDirectories: true)
    do {
      let place = Self.place(in: unfinished)
      try place.make()
      let bar = FillProgress(total: plan.count)
      try await StoreFill(plan, into: place).run { bar.show($0) }
      bar.end()
      try files.moveItem(at: unfinished, to: folder)
    } catch {
      try? files.removeItem(at: unfinished)
      throw error
    }
  }

  /// A copy in another folder, in which there is no store yet.
  func copy(to other: URL) throws -> StorePlace {
    try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      try FileManager.default.copyItem(
        at: folder.appendingPathComponent(name), to: other.appendingPathComponent(name))
    }
    return Self.place(in: other)
  }

  private static func place(in folder: URL) -> StorePlace {
    let path = folder.appendingPathComponent("store.db").path
    return StorePlace(location: .sqlite(path: path), keyFile: path + ".key")
  }
}
