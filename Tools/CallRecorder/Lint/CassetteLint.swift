import RPCCore

/// Looks for what a cassette should not hold when it is given away: what tells of people.
public struct CassetteLint: Sendable {
  private let types: MethodTypes?
  private let redactor: SchemaRedactor?

  /// Something that should not be there.
  public struct Finding: Hashable, Sendable, CustomStringConvertible {
    /// The recorded call.
    public var call: UInt64
    /// The entry's number within the call, from 1.
    public var number: UInt64
    /// Where in it: `response person.full_name`, `metadata x-name`.
    public var field: String
    /// What is wrong with it.
    public var complaint: String

    /// One line.
    public var description: String { "call \(call), entry \(number), \(field): \(complaint)" }
  }

  /// - Parameter types: what the messages are of; those that it does not have are searched for patterns in their bytes
  public init(_ types: MethodTypes?) {
    self.types = types
    // Only the paths of what it would replace are looked at, so any key does.
    redactor = types.map { SchemaRedactor($0, key: Array(repeating: 0, count: 32)) }
  }

  /// What is wrong with a cassette, in the order of its entries.
  ///
  /// Found are fields of which the schema says that they tell of people and which were not replaced, patterns of e-mail
  /// addresses, telephone numbers and CUIs anywhere, and credentials that were recorded as they were.
  public func findings(in cassette: Cassette) -> [Finding] {
    let paths = Dictionary(cassette.calls.map { ($0.id, $0.header.path) }) { first, _ in first }
    let isRedacted = cassette.header.map { !$0.redactionPolicyId.isEmpty } ?? false
    return cassette.entries.flatMap { entry in
      complaints(of: entry, path: paths[entry.call] ?? "", isRedacted: isRedacted).map {
        Finding(call: entry.call, number: entry.number, field: $0.field, complaint: $0.complaint)
      }
    }
  }

  private typealias Complaint = (field: String, complaint: String)

  private func complaints(
    of entry: CassetteEntry, path: String, isRedacted: Bool
  ) -> [Complaint] {
    switch entry.event {
    case .clientHeader(let header): complaints(of: header.metadata, isRedacted)
    case .serverHeader(let metadata): complaints(of: metadata, isRedacted)
    case .clientMessage(let message): complaints(of: message, entry, path, isRequest: true)
    case .serverMessage(let message): complaints(of: message, entry, path, isRequest: false)
    case .serverTrailer(let trailer):
      complaints(of: trailer.metadata, isRedacted)
        + patterns(PersonalPatterns.found(in: trailer.status.message), at: "status message")
        + patterns(PersonalPatterns.found(in: trailer.status.details ?? []), at: "status details")
    case .clientHalfClose, .cancel: []
    }
  }

  private func complaints(
    of message: CassetteEntry.RecordedMessage, _ entry: CassetteEntry, _ path: String,
    isRequest: Bool
  ) -> [Complaint] {
    let side = isRequest ? "request" : "response"
    guard let type = types?.message(of: path, isRequest: isRequest),
      let flat = try? FlatMessage(message.bytes, as: type)
    else { return patterns(PersonalPatterns.found(in: message.bytes), at: "\(side) bytes") }
    let marked = try? redactor?.redact(message.bytes, of: path, isRequest: isRequest).paths
    let left = Set(marked ?? []).subtracting(entry.redactedPaths)
    let unredacted = left.sorted().map { field -> Complaint in
      ("\(side) \(field)", "the schema says that it tells of people, and it was not replaced")
    }
    // Where the field itself is complained of, what it looks like adds nothing.
    let shown = flat.leaves.filter { $0.isText && !left.contains($0.field) }.flatMap { leaf in
      patterns(PersonalPatterns.found(in: leaf.text), at: "\(side) \(leaf.path)")
    }
    return unredacted + shown
  }

  private func complaints(of metadata: Metadata, _ isRedacted: Bool) -> [Complaint] {
    metadata.flatMap { field -> [Complaint] in
      let place = "metadata \(field.name)"
      if !isRedacted, Self.credentials.contains(field.name) {
        return [(place, "it is a credential, recorded as it was")]
      }
      switch field.value {
      case .string(let text): return patterns(PersonalPatterns.found(in: text), at: place)
      case .binary(let bytes): return patterns(PersonalPatterns.found(in: bytes), at: place)
      }
    }
  }

  private static let credentials: Set<String> = [
    "authorization", "cookie", "proxy-authorization", "x-api-key", "x-goog-api-key",
  ]

  private func patterns(_ found: [String], at place: String) -> [Complaint] {
    found.map { (place, "it has the shape of \($0)") }
  }
}
