public import Protobuf

/// Fields whose values the server makes anew each time: ids, tags and times.
public struct ServerMade: Sendable {
  /// Names of fields with texts. They may differ, but always in the same way: what was one thing must be one thing again.
  public var texts: Set<String>
  /// Names of fields that are not compared at all.
  public var times: Set<String>

  /// Every part as given.
  public init(texts: Set<String> = [], times: Set<String> = []) {
    self.texts = texts
    self.times = times
  }

  /// The programme's option with the rules of a field, and in it the number of `output_only`.
  private static let (rulesOption, outputOnly) = (50013, 11)

  /// What `schema` says is output only: texts, and times of `google.protobuf.Timestamp`.
  public init(_ schema: RuntimeSchema) {
    self.init()
    for file in schema.files {
      for message in file.messageType { collect(message) }
    }
  }

  private mutating func collect(_ message: GoogleProtobuf.DescriptorProto) {
    for field in message.field {
      let rules = field.options?.unknownFields.contents(Self.rulesOption) ?? []
      let isOutput = rules.contains {
        (try? UnknownFields(bytes: $0))?.bool(Self.outputOnly) ?? false
      }
      guard isOutput, let name = field.name else { continue }
      if field.type == .string { texts.insert(name) }
      if field.typeName == ".google.protobuf.Timestamp" { times.insert(name) }
    }
    for inner in message.nestedType { collect(inner) }
  }
}

/// What a recorded text is called now.
struct Bindings {
  private var live: [String: String] = [:]

  /// The text as it is now: as a whole, or the segments of a resource name.
  func translated(_ text: String) -> String {
    if let whole = live[text] { return whole }
    guard text.contains("/") else { return text }
    return text.split(separator: "/", omittingEmptySubsequences: false)
      .map { live[String($0)] ?? String($0) }
      .joined(separator: "/")
  }

  /// Learns that a recorded text is another now.
  ///
  /// - Returns: whether it can be: nothing else was learnt of it before
  mutating func bind(_ recorded: String, to text: String) -> Bool {
    if translated(recorded) == text { return true }
    let old = recorded.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let new = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard old.count == new.count, old.count > 1 else { return bindWhole(recorded, text) }
    // Collections stay; what stands between them was made.
    for (index, pair) in zip(old, new).enumerated() where pair.0 != pair.1 {
      guard !index.isMultiple(of: 2), bindWhole(pair.0, pair.1) else { return false }
    }
    return true
  }

  private mutating func bindWhole(_ recorded: String, _ text: String) -> Bool {
    if let known = live[recorded] { return known == text }
    live[recorded] = text
    return true
  }

  /// A recorded request with its texts as they are now.
  func translated(
    _ bytes: ArraySlice<UInt8>, as type: MessageDescriptor
  ) throws(UnreadableMessage) -> [UInt8] {
    var result: [UInt8] = []
    for field in try WireFields.read(bytes) {
      var changed = field
      if case .content(let content) = field.payload,
        let known = type.field(number: field.number)
      {
        if let inner = known.type.messageDescriptor {
          changed.payload = .content(try translated(content[...], as: inner))
        } else if case .string = known.type {
          let text = String(decoding: content, as: UTF8.self)
          changed.payload = .content(Array(translated(text).utf8))
        }
      }
      WireFields.append(changed, to: &result)
    }
    return result
  }
}
