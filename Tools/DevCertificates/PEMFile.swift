package import Foundation
import Glibc

/// A file of PEM text, readable by its owner alone.
package struct PEMFile: Sendable {
  /// The name inside the folder.
  package let name: String
  package let text: String

  package init(name: String, text: String) {
    self.name = name
    self.text = text
  }

  package enum Failure: Error, CustomStringConvertible {
    case exists([String])
    case cannotWrite(path: String, reason: String)

    package var description: String {
      switch self {
      case .exists(let paths):
        "there already, --force replaces: \(paths.joined(separator: ", "))"
      case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
      }
    }
  }

  /// Writes all files, or none when one is there already and `replacing` is false: a new authority
  /// beside old leaves would be worse than either.
  package static func write(_ files: [PEMFile], to folder: URL, replacing: Bool) throws {
    let manager = FileManager.default
    try manager.createDirectory(at: folder, withIntermediateDirectories: true)
    let paths = files.map { folder.appending(path: $0.name).path }
    let existing = paths.filter { manager.fileExists(atPath: $0) }
    guard replacing || existing.isEmpty else { throw Failure.exists(existing) }
    for path in existing { try manager.removeItem(atPath: path) }
    for (file, path) in zip(files, paths) { try file.write(at: path) }
  }

  /// The mode is given to `open` itself: set afterwards, there would be a moment for others to read.
  private func write(at path: String) throws {
    // SAFETY: the path is a C string for the length of the call, and `open` keeps no pointer.
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      // SAFETY: `strerror` answers a static or thread-local string, copied at once.
      throw Failure.cannotWrite(path: path, reason: unsafe String(cString: strerror(errno)))
    }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    try file.write(contentsOf: Data(text.utf8))
    if !text.hasSuffix("\n") { try file.write(contentsOf: Data("\n".utf8)) }
    try file.close()
  }
}
