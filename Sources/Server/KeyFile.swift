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
    let files = FileManager.default
    if !files.fileExists(atPath: path) {
      guard !files.fileExists(atPath: store) else {
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

  private func make() throws(StartupFailure) {
    // Exclusively, so that a file that another start has just made is never overwritten.
    // SAFETY: the path is lent as a C string for the call alone.
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
      guard descriptor >= 0 else { throw CocoaError(.fileWriteNoPermission) }
      try file.write(contentsOf: Data(Secrets.makeKey()))
      // A store whose key a power cut has taken is lost.
      try file.synchronize()
      try file.close()
    } catch {
      throw StartupFailure(
        "cannot write \(path): check that its directory exists and is writable")
    }
  }
}
