/// What the files of one run are called, without their endings.
///
/// Each stays in the folder of its schema. But Swift wants every file name of a module to be another, and
/// the versions of a schema are often called alike: `a/v1/b` and `a/v2/b` become `a/v1/a_v1_b` and
/// `a/v2/a_v2_b`.
struct OutputNames {
  private let ambiguous: Set<Substring>

  /// The names for `stems`, the paths of all schemas of the run without their endings.
  init(_ stems: [String]) {
    let names = Dictionary(grouping: stems, by: Self.name)
    ambiguous = Set(names.filter { $0.value.count > 1 }.keys)
  }

  /// The path to write to.
  subscript(stem: String) -> String {
    guard ambiguous.contains(Self.name(stem)) else { return stem }
    let folder = stem.dropLast(Self.name(stem).count)
    return folder + stem.split(separator: "/").joined(separator: "_")
  }

  private static func name(_ stem: String) -> Substring {
    stem.split(separator: "/").last ?? ""
  }
}
