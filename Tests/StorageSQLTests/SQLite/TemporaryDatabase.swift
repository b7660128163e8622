import Foundation

/// A path for a database in a fresh directory of its own, removed when the test lets go of it.
final class TemporaryDatabase: Sendable {
  let path: String
  private let directory: String

  init() throws {
    directory = NSTemporaryDirectory() + "pasarela-" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    path = directory + "/store.sqlite"
  }

  deinit {
    try? FileManager.default.removeItem(atPath: directory)
  }
}
