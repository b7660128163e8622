import Domain

/// What is wrong with a request, field by field.
struct Violations {
  /// A request that is wrong everywhere is not answered with a book.
  private static let countMax = 50

  private(set) var all: [Refusal.Violation] = []

  /// Adds one; `problem` never repeats the value, which may be somebody's name.
  mutating func add(_ path: FieldPath, _ problem: String) {
    if all.count < Self.countMax { all.append(Refusal.Violation(path.text, problem)) }
  }
}

/// Where in a request a field stands: `registration.members[2].birth_date`.
struct FieldPath {
  private let steps: [Step]

  private struct Step {
    var name: String
    var index: Int?
  }

  /// The request itself.
  static let root = FieldPath(steps: [])

  private init(steps: [Step]) { self.steps = steps }

  /// A field here.
  func field(_ name: String) -> FieldPath {
    FieldPath(steps: steps + [Step(name: name, index: nil)])
  }

  /// An item of the repeated field this is.
  func item(_ index: Int) -> FieldPath {
    var steps = steps
    guard let last = steps.indices.last else { return self }
    steps[last].index = index
    return FieldPath(steps: steps)
  }

  /// As BadRequest has it.
  var text: String {
    steps.map { step in step.index.map { "\(step.name)[\($0)]" } ?? step.name }
      .joined(separator: ".")
  }
}
