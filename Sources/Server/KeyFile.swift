import Foundation
import Services

/// The file that holds the key of a deployment, beside its store and never in it: whoever copies the
/// store alone cannot read document numbers in it.
struct KeyFile {
  /// Where it is: `PATH.key` for the store at `PATH`, unless another place was named.
  let path: String

  /// The key of a store that is new, or not; a new store gets a new file, which only its owner may read.
  ///
  /// - Throws: `StartupFailure` when there is a store and no file: what is sealed in the store opens
  ///   with no other key, and a new one would make two persons of one document
  func key(forNew isNew: Bool, named store: String) throws(StartupFailure) -> DeploymentKey {
    let files = FileManager.default
    if !files.fileExists(atPath: path) {
      guard isNew else {
        throw StartupFailure(
          "\(store) is there and its key file \(path) is not: restore the file from where you keep "
            + "its copy, or name it with --key-file")
      }
      try make()
    }
    guard let bytes = files.contents(atPath: path), let key = DeploymentKey(Array(bytes)) else {
      throw StartupFailure(
        "\(path) is not a readable file of \(DeploymentKey.length) bytes: restore it from its copy")
    }
    return key
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
      guard (try? file.write(contentsOf: Data(DeploymentKey.make()))) != nil else { return false }
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

/// A key in the environment, for machines that get their secrets so: 64 hexadecimal digits.
enum KeyVariable {
  /// The deployment's key.
  static let present = "PASARELA_KEY"
  /// The one that it is to be changed to.
  static let next = "PASARELA_NEW_KEY"

  /// The key in a variable; nil where it is not set, or empty.
  static func key(_ name: String) throws(StartupFailure) -> DeploymentKey? {
    guard let text = ProcessInfo.processInfo.environment[name], !text.isEmpty else { return nil }
    let digits = text.compactMap(\.hexDigitValue)
    guard digits.count == text.utf8.count, digits.count == 2 * DeploymentKey.length,
      let key = DeploymentKey(
        stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) })
    else {
      throw StartupFailure(
        "\(name) is not \(2 * DeploymentKey.length) hexadecimal digits, as `xxd -p -c 32` writes the key file"
      )
    }
    return key
  }
}
