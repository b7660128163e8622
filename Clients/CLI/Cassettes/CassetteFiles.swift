import CallRecorder
import Foundation
import Glibc

/// Cassettes as files.
enum CassetteFiles {
  /// The cassette at a path; `-` is standard input.
  ///
  /// - Throws: ``CommandFailure`` that names the entry at fault and where it begins
  static func read(_ path: String) throws(CommandFailure) -> Cassette {
    let bytes: [UInt8]
    do {
      bytes = try Surroundings.current.readFile(path)
    } catch {
      throw CommandFailure("cannot read \(path): check the path and who may read the file")
    }
    do {
      return try Cassette(bytes)
    } catch {
      throw CommandFailure("\(path): \(error)")
    }
  }
}

/// A cassette that is being written, at first to nobody but its owner.
final class CassetteOutput: Sendable {
  private let path: String
  private let file: FileHandle

  /// Makes the file.
  ///
  /// - Throws: ``CommandFailure``, also when there is one of that name: a recording cannot be had again
  init(creating path: String) throws(CommandFailure) {
    self.path = path
    // SAFETY: the path is read within the call, and there is a mode because of O_CREAT.
    let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw errno == EEXIST
        ? CommandFailure("\(path) exists: give another --out, or remove it first")
        : CommandFailure("cannot write \(path): check the folder and who may write there")
    }
    file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  /// Adds to the end of the file.
  func append(_ bytes: [UInt8]) throws { try file.write(contentsOf: Data(bytes)) }

  /// Returns when everything is on disk.
  func close() throws(CommandFailure) {
    do {
      try file.synchronize()
      try file.close()
    } catch {
      throw CommandFailure("\(path) may not be whole: check the room on its disk")
    }
  }

  /// Takes the file away again.
  func remove() {
    try? file.close()
    try? FileManager.default.removeItem(atPath: path)
  }
}
