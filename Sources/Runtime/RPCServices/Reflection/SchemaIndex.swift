internal import Protobuf

/// Finds the schema file that declares a thing, among files that are part of the program.
///
/// Made once. Nothing is read from a disk: what is not in the index does not exist (attack T20).
struct SchemaIndex: Sendable {
  /// A file's place in ``files``.
  typealias FileIndex = Int

  /// What can be sent of one file.
  struct File: Sendable {
    /// The serialized `google.protobuf.FileDescriptorProto`.
    var serializedBytes: [UInt8]
    /// The files it imports, without those that the program does not have.
    var dependencies: [FileIndex] = []
  }

  /// The program's files, each once.
  var files: [File] = []
  /// By the path that `import` names.
  var filesByName: [String: FileIndex] = [:]
  /// By the full names of services, methods, messages, fields, oneofs, enums, values and extensions.
  var filesBySymbol: [String: FileIndex] = [:]
  /// Of the extended message's full name, by number.
  var filesByExtension: [String: [Int32: FileIndex]] = [:]
  /// The full names of messages.
  var messages: Set<String> = []

  /// The file and everything it imports, the file first, each once, without those in `sent`.
  ///
  /// The file itself is among them in any case: an answer without it would tell nothing.
  func closure(of file: FileIndex, without sent: Set<FileIndex>) -> [FileIndex] {
    var found = [file]
    var seen = sent.union([file])
    var next = 0
    while next < found.count {
      for dependency in files[found[next]].dependencies where seen.insert(dependency).inserted {
        found.append(dependency)
      }
      next += 1
    }
    return found
  }

  /// The numbers by which a message is extended, in ascending order; nil for what is no message.
  func extensionNumbers(of message: String) -> [Int32]? {
    if let numbers = filesByExtension[message]?.keys { return numbers.sorted() }
    return messages.contains(message) ? [] : nil
  }
}
