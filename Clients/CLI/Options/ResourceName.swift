/// Names of resources, `collection/id/collection/id` (AIP-122).
enum ResourceName {
  /// The name of the resource that this one is within.
  static func parent(of name: String) -> String {
    name.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
      .joined(separator: "/")
  }
}
