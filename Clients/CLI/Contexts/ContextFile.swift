import Foundation
import Glibc

/// All that is kept under names.
struct SavedContexts: Codable, Hashable, Sendable {
  /// The form of the file. Another is not read, so that an older program loses nothing of a newer one's.
  static let version = 1

  var version = Self.version
  /// The one that is used when nobody says which.
  var current: String?
  var contexts: [String: SavedContext] = [:]

  enum CodingKeys: String, CodingKey { case version, current, contexts }

  init() {}

  init(from decoder: any Decoder) throws {
    try UnknownMember.refuse(in: decoder) { CodingKeys(stringValue: $0) != nil }
    let members = try decoder.container(keyedBy: CodingKeys.self)
    version = try members.decode(Int.self, forKey: .version)
    guard version == Self.version else {
      throw DecodingError.dataCorruptedError(
        forKey: .version, in: members, debugDescription: "version \(version) is not known here")
    }
    current = try members.decodeIfPresent(String.self, forKey: .current)
    contexts = try members.decode([String: SavedContext].self, forKey: .contexts)
  }
}

/// The file of contexts: its owner's alone, and replaced whole.
struct ContextFile: Sendable {
  private static let byteCountMax: Int64 = 1 << 20

  let path: String

  /// The file of these surroundings: PASARELA_CONFIG, or `pasarela/contexts.json` in the folder of the XDG Base
  /// Directory Specification; nil where nobody has a home.
  init?(of surroundings: Surroundings) {
    if let path = surroundings.variable("PASARELA_CONFIG") {
      self.path = path
    } else if let folder = surroundings.variable("XDG_CONFIG_HOME"), folder.hasPrefix("/") {
      path = folder + "/pasarela/contexts.json"
    } else if let home = surroundings.variable("HOME") {
      path = home + "/.config/pasarela/contexts.json"
    } else {
      return nil
    }
  }

  /// What the file says; nothing when there is none.
  ///
  /// - Throws: ``CommandFailure`` for a file that others may read or that is not whole; it stays as it is
  func read() throws(CommandFailure) -> SavedContexts {
    // SAFETY: the path is read within the call, and no mode is needed without O_CREAT.
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT { return SavedContexts() }
      throw CommandFailure("cannot read \(path): check the path and who may read the file")
    }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    try check(descriptor)
    guard let data = try? file.readToEnd() ?? Data() else {
      throw CommandFailure("cannot read \(path): it breaks off")
    }
    do {
      return try JSONDecoder().decode(SavedContexts.self, from: data)
    } catch {
      throw CommandFailure(
        Plain.line(
          """
          \(path) is not what `pasarela ctx` writes: \(Self.text(of: error))
          Next: mend it, or move it away and begin anew; it was left as it is
          """))
    }
  }

  /// Changes the file, or makes it; other commands that change it wait meanwhile.
  ///
  /// - Throws: ``CommandFailure``; then the file is as it was
  func change(
    _ body: (inout SavedContexts) throws(CommandFailure) -> Void
  ) throws(CommandFailure) {
    // A link stays one: what it leads to is replaced.
    let real = URL(filePath: path).resolvingSymlinksInPath().path
    try makeFolder((real as NSString).deletingLastPathComponent)
    let lock = try locked(real + ".lock")
    defer { close(lock) }
    var contexts = try read()
    try body(&contexts)
    try replace(real, by: contexts)
  }

  /// Whether the file is one that only its owner, who is here, can have written and can read.
  private func check(_ descriptor: Int32) throws(CommandFailure) {
    var status = stat()
    // SAFETY: `fstat` fills exactly the struct it is given.
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw CommandFailure("\(path) is no file")
    }
    guard status.st_uid == geteuid() else {
      throw CommandFailure(
        """
        \(path) belongs to another user (\(status.st_uid)), who could send your calls anywhere: it is not used
        Next: have a file of your own, or name one by PASARELA_CONFIG
        """)
    }
    guard status.st_mode & 0o077 == 0 else {
      let mode = String(status.st_mode & 0o777, radix: 8)
      throw CommandFailure(
        """
        \(path) can be read or changed by others (mode 0\(mode)), and says where your keys are: it is not used
        Next: see that it says what you wrote, then chmod 600 \(Repetition.quoted(path))
        """)
    }
    guard status.st_size <= Self.byteCountMax else {
      throw CommandFailure("\(path) is not what `pasarela ctx` writes: it is larger than 1 MiB")
    }
  }

  private func makeFolder(_ folder: String) throws(CommandFailure) {
    if FileManager.default.fileExists(atPath: folder) { return }
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw CommandFailure("cannot make the folder \(folder): check who may write beside it")
    }
  }

  private func locked(_ path: String) throws(CommandFailure) -> Int32 {
    // SAFETY: the path is read within the call, and there is a mode because of O_CREAT.
    let descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw CommandFailure("cannot write \(path): check the folder and who may write there")
    }
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else {
        close(descriptor)
        throw CommandFailure("cannot lock \(path): check what kind of disk it is on")
      }
    }
    return descriptor
  }

  /// Writes beside the file and puts that in its place, so that there is a whole one at every moment.
  private func replace(_ path: String, by contexts: SavedContexts) throws(CommandFailure) {
    let draft = path + ".\(UUID().uuidString).new"
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      let text = try encoder.encode(contexts) + Data("\n".utf8)
      // SAFETY: the path is read within the call, and there is a mode because of O_CREAT.
      let descriptor = unsafe Glibc.open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw CommandFailure("no file could be made beside it") }
      let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
      try file.write(contentsOf: text)
      try file.synchronize()
      try file.close()
      // SAFETY: both paths are read within the call.
      guard unsafe rename(draft, path) == 0 else {
        throw CommandFailure("it could not be replaced")
      }
    } catch {
      // SAFETY: the path is read within the call.
      _ = unsafe unlink(draft)
      throw CommandFailure("cannot write \(path), which is as it was: check the room on its disk")
    }
  }

  private static func text(of error: any Error) -> String {
    let context: DecodingError.Context
    switch error as? DecodingError {
    case .dataCorrupted(let found): context = found
    case .keyNotFound(let key, let found):
      return place(found.codingPath) + "'\(key.stringValue)' is missing"
    case .typeMismatch(_, let found), .valueNotFound(_, let found):
      return place(found.codingPath) + "there is a value of another kind"
    default: return "it cannot be read"
    }
    return context.codingPath.isEmpty
      ? "it is no JSON" : place(context.codingPath.dropLast()) + context.debugDescription
  }

  private static func place(_ path: some Sequence<any CodingKey>) -> String {
    let names = path.map(\.stringValue)
    return names.isEmpty ? "" : "in " + names.joined(separator: ".") + ", "
  }
}
