extension GoogleProtobuf.FieldMask {
  /// A mask of these paths, each the .proto names of fields joined by points.
  public init(paths: [String]) {
    self.init()
    self.paths = paths
  }

  /// The first path that does not lead to a field of `descriptor`; `nil` when all do. A path may
  /// step through single messages only; `*` alone means every field (https://google.aip.dev/134).
  public func firstIllegalPath(in descriptor: MessageDescriptor) -> String? {
    paths.first { path in path != "*" && !Self.leads(path, into: descriptor) }
  }

  private static func leads(_ path: String, into descriptor: MessageDescriptor) -> Bool {
    let (name, rest) = split(path)
    guard let field = descriptor.field(named: name) else { return false }
    guard let rest else { return true }
    guard !field.isRepeated, let inner = field.type.messageDescriptor else { return false }
    return leads(rest, into: inner)
  }

  /// The first name of a path, and the rest if there is one.
  static func split(_ path: String) -> (name: String, rest: String?) {
    guard let point = path.firstIndex(of: ".") else { return (path, nil) }
    return (String(path[..<point]), String(path[point...].dropFirst()))
  }
}
