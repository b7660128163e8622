import Foundation
import Services

/// The file that holds the key of a deployment, beside its store and never in it: whoever copies the
/// store alone cannot read document numbers in it.
struct KeyFile {
  /// Where it is: `PATH.key` for the store at `PATH`, unless another place was named.
  let path: String

  /// The keys of the store at `store`; a new store gets a new file, which only its owner may read.
  ///
  /// - Throws: `StartupFailure` when there is a store and no file: what is sealed in the store opens
  ///   with no other key, and a new one would make two persons of one document
  func secrets(forStore store: String) throws(StartupFailure) -> Secrets {
    try secrets(forNew: !FileManager.default.fileExists(atPath: store), named: store)
  }

  /// The keys of a store that is new, or not.
  ///
  /// - Throws: as above
  func secrets(
    forNew isNew: Bool, named store: String = "the database"
  ) throws(StartupFailure) -> Secrets {
    let files = FileManager.default
    if !files.fileExists(atPath: path) {
      guard isNew else {
        throw StartupFailure(
          "\(store) is there and its key file \(path) is not: restore the file from where you keep "
            + "its copy, or name it with --key-file")
      }
      try make()
    }
    guard let bytes = files.contents(atPath: path), let secrets = Secrets(key: Array(bytes)) else {
      throw StartupFailure(
        "\(path) is not a readable file of \(Secrets.keyLength) bytes: restore it from its copy")
    }
    return secrets
  }

  /// Writes a new key under another name and links it, all of it on disk before the store is made: a
  /// store whose key a power cut has taken, or half of it, is lost.
  private func make() throws(StartupFailure) {
    let draft = "\(path).\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: draft) }
    try require("make", draft) {
      // SAFETY: the paths are lent as C strings for the call alone, here and below.
      let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL, 0o600)
      guard descriptor >= 0 else { return false }
      let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
      guard (try? file.write(contentsOf: Data(Secrets.makeKey()))) != nil else { return false }
      return fsync(descriptor) == 0
    }
    // Fails where there is one by now: the key that another start has just made is never replaced.
    try require("make", path) { unsafe link(draft, path) == 0 }
    let folder = URL(filePath: path).deletingLastPathComponent().path
    try require("write", folder) {
      let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY)
      guard descriptor >= 0 else { return false }
      defer { close(descriptor) }
      return fsync(descriptor) == 0
    }
  }

  private func require(
    _ verb: String, _ path: String, _ work: () -> Bool
  ) throws(StartupFailure) {
    guard !work() else { return }
    let reason = unsafe String(cString: strerror(errno))
    throw StartupFailure("cannot \(verb) \(path): \(reason)")
  }
}
