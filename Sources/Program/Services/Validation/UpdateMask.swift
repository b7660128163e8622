import Protobuf

/// The `update_mask` of an Update request (AIP-161), by the first segment of its paths.
struct UpdateMask {
  /// Field numbers that every Update request has: the resource, and the mask.
  static let resourceNumber = 1
  static let maskNumber = 3

  /// The paths as given.
  let paths: [String]
  /// The fields named; empty when none are, or all by `*`.
  let names: Set<String>
  /// No field is named, which means every field that is populated (AIP-134).
  let isAbsent: Bool

  /// The mask of a request; nil when the request has no such field.
  init?(of request: borrowing MessageView) throws {
    guard let field = request.descriptor.field(number: Self.maskNumber),
      field.name == "update_mask"
    else { return nil }
    var given: [String] = []
    try request.withMessage(field) { mask in
      guard let paths = mask.descriptor.field(named: "paths") else { return }
      for index in 0..<mask.count(paths) {
        guard case .string(let path) = try mask.scalar(paths, at: index) else { continue }
        given.append(path)
      }
    }
    paths = given
    isAbsent = given.isEmpty
    names = given.contains("*") ? [] : Set(given.map { String($0.prefix { $0 != "." }) })
  }

  /// Whether the update is about this field.
  func includes(_ name: String) -> Bool { names.isEmpty || names.contains(name) }
}
