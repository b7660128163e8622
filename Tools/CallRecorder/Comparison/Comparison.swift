import Protobuf

/// Compares messages by their fields.
public struct Comparison: Sendable {
  /// Names of fields, or paths of them without places in lists, that need not be the same.
  public var ignored: Set<String>
  private let types: MethodTypes?

  /// - Parameters:
  ///   - types: what the messages are of; nil to compare their bytes
  ///   - ignored: see ``ignored``
  public init(_ types: MethodTypes?, ignoring ignored: Set<String> = []) {
    self.types = types
    self.ignored = ignored
  }

  /// A message of a call, flat.
  public func flat(_ bytes: [UInt8], of path: String, isRequest: Bool) -> FlatMessage {
    guard let type = types?.message(of: path, isRequest: isRequest),
      let flat = try? FlatMessage(bytes, as: type)
    else { return FlatMessage(opaque: bytes) }
    return flat
  }

  /// What is not the same in two messages of a call, in the order of the recorded one.
  ///
  /// - Parameter redacted: paths of the fields whose recorded values are not the true ones
  public func differences(
    _ recorded: [UInt8], _ live: [UInt8], of path: String, isRequest: Bool,
    redacted: [String] = []
  ) -> [FieldDifference] {
    if recorded == live { return [] }
    let redacted = Set(redacted)
    func counts(_ leaf: FlatMessage.Leaf) -> Bool {
      !redacted.contains(leaf.field) && !isIgnored(leaf.field)
    }
    let old = flat(recorded, of: path, isRequest: isRequest).leaves.filter(counts)
    let new = flat(live, of: path, isRequest: isRequest).leaves.filter(counts)
    let byPath = Dictionary(new.map { ($0.path, $0.text) }) { first, _ in first }
    let known = Set(old.map(\.path))
    let changed = old.compactMap { leaf in
      byPath[leaf.path] == leaf.text
        ? nil : FieldDifference(leaf.path, recorded: leaf.text, live: byPath[leaf.path])
    }
    let added = new.filter { !known.contains($0.path) }.map {
      FieldDifference($0.path, recorded: nil, live: $0.text)
    }
    return changed + added
  }

  private func isIgnored(_ field: String) -> Bool {
    if ignored.contains(field) { return true }
    return field.split(separator: ".").contains { ignored.contains(String($0)) }
  }
}
