import ArgumentParser
import Protobuf

/// A resource being changed field by field, and which fields those are.
struct Edit<Resource: Message> {
  private(set) var resource: Resource
  private var paths: [String]
  private var hasMask: Bool

  /// - Parameters:
  ///   - resource: what a file said, or a resource with nothing but its name
  ///   - mask: what a file said
  init(_ resource: Resource, mask: GoogleProtobuf.FieldMask?) {
    self.resource = resource
    paths = mask?.paths ?? []
    hasMask = mask != nil
  }

  /// Sets a field, if there is a value to set.
  mutating func set<Value>(
    _ path: String, _ field: WritableKeyPath<Resource, Value>, _ value: Value?
  ) {
    guard let value else { return }
    resource[keyPath: field] = value
    paths.append(path)
  }

  /// Sets a field that may be absent, if there is a value to set.
  mutating func set<Value>(
    _ path: String, _ field: WritableKeyPath<Resource, Value?>, _ value: Value?
  ) {
    guard let value else { return }
    resource[keyPath: field] = value
    paths.append(path)
  }

  /// Takes over what was changed within one of the fields, path by path.
  mutating func set<Inner: Message>(
    _ path: String, _ field: WritableKeyPath<Resource, Inner?>, changed inner: Edit<Inner>
  ) {
    guard !inner.paths.isEmpty else { return }
    resource[keyPath: field] = inner.resource
    paths += inner.paths.map { "\(path).\($0)" }
  }

  /// The mask to send. A file without one means every field that it has, options included (AIP-161).
  ///
  /// - Throws: `ValidationError` when nothing would be changed
  func mask(isFromFile: Bool) throws -> GoogleProtobuf.FieldMask? {
    if isFromFile, !hasMask { return nil }
    guard !paths.isEmpty else {
      throw ValidationError("say what to change, by options or with --file")
    }
    return GoogleProtobuf.FieldMask(paths: paths)
  }
}

extension Session {
  /// Gives a request the etag it lacks, or the one from the command line.
  func fill(_ etag: inout String, of name: String) async throws(CommandFailure) {
    if let givenEtag {
      etag = givenEtag
    } else if etag.isEmpty {
      etag = try await readEtag(of: name)
    }
  }
}
