/// A figure as it is published.
public enum Figure: Hashable, Sendable, Codable {
  /// The value; 0 is one.
  case published(Int)
  /// Withheld: it is from 1 to 10, or would let such a value be derived.
  case suppressed
  /// Nothing was measured.
  case missing

  /// The value, where it is shown.
  public var value: Int? {
    if case .published(let value) = self { value } else { nil }
  }

  /// The name in files: `SUPPRESSED`.
  public var statusName: String {
    switch self {
    case .published: "PUBLISHED"
    case .suppressed: "SUPPRESSED"
    case .missing: "MISSING"
    }
  }
}

/// One measure, broken down by one dimension or two.
public struct ReportGrid: Hashable, Sendable, Codable {
  /// What is counted.
  public var measure: Measure
  /// What it is broken down by; nil for a total alone.
  public var dimension: Dimension?
  /// What besides.
  public var secondDimension: Dimension?
  /// The rows. Of two dimensions those without a second key are the totals of their first, and those
  /// without a first key of their second.
  public var rows: [Row]
  /// The total.
  public var total: Figure

  /// One figure of a grid.
  public struct Row: Hashable, Sendable, Codable {
    /// The value of the dimension; empty in the total of all.
    public var key: String
    /// The value of the second dimension; empty in the total of all, and where there is none.
    public var secondKey: String
    /// The figure.
    public var figure: Figure

    /// Every field as given; nothing is checked here.
    public init(key: String, secondKey: String = "", figure: Figure) {
      self.key = key
      self.secondKey = secondKey
      self.figure = figure
    }
  }

  /// Every field as given; nothing is checked here.
  public init(
    measure: Measure, dimension: Dimension? = nil, secondDimension: Dimension? = nil,
    rows: [Row] = [], total: Figure
  ) {
    self.measure = measure
    self.dimension = dimension
    self.secondDimension = secondDimension
    self.rows = rows
    self.total = total
  }

  /// What of it is shown of a key.
  func figure(of key: String) -> Figure? { rows.first { $0.key == key }?.figure }
}
