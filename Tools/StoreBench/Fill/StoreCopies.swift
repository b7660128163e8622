import Foundation
import PostgresFixture
import Trials

/// Copies of a filled store, each as it was filled, for measurements that must begin alike.
final class StoreCopies {
  private let source: Source
  private let folder: TemporaryFolder
  private var copyCount = 0

  private enum Source {
    case kept(KeptStore)
    /// A database that every copy is made of.
    case database(PostgresServer, name: String, keyFile: String)
  }

  /// Fills what there is to be copied: a SQLite store that is kept, or a database of a server of our own, which ends
  /// with this process.
  init(_ engine: StorePlace.Engine, _ kept: KeptStore) async throws {
    folder = try TemporaryFolder()
    switch engine {
    case .sqlite:
      try await kept.fill()
      source = .kept(kept)
    case .postgres:
      // As it is run for good, but for the network.
      let server = try PostgresServer(settings: [
        "fsync": "on", "full_page_writes": "on", "shared_buffers": "256MB",
      ])
      let place = StorePlace(
        location: .postgres(target: try server.makeDatabase()), keyFile: folder.file("key"))
      try place.make()
      try await StoreFill(kept.plan, into: place).run { _ in }
      source = .database(server, name: "store1", keyFile: place.keyFile)
    }
  }

  /// Gives a copy to somebody, and takes it away afterwards.
  func with<R>(_ body: (StorePlace) async throws -> R) async throws -> R {
    copyCount += 1
    switch source {
    case .kept(let store):
      let copy = URL(filePath: folder.file("copy\(copyCount)"))
      let result = try await body(try store.copy(to: copy))
      try FileManager.default.removeItem(at: copy)
      return result
    case .database(let server, let name, let keyFile):
      let copy = "copy\(copyCount)"
      try server.administer("CREATE DATABASE \(copy) TEMPLATE \(name)")
      // What was written for the copy would otherwise be written out while something else is measured.
      try server.administer("CHECKPOINT")
      let target = server.target(copy)
      let result = try await body(
        StorePlace(location: .postgres(target: target), keyFile: keyFile))
      try server.drop(target)
      return result
    }
  }
}
