/// Names and numbers of an enum as the schema declares them.
public final class EnumDescriptor: Sendable {
  /// For example `safemobility.v1.Referral.State`.
  public let fullName: String

  /// Every name in declaration order. A number may occur again as an alias; its first name counts.
  public let values: [(number: Int32, name: String)]

  private let numbersByName: [String: Int32]
  private let namesByNumber: [Int32: String]

  /// Generated code and ``DescriptorPool`` call this.
  public init(_ fullName: String, _ values: [(Int32, String)]) {
    self.fullName = fullName
    self.values = values.map { (number: $0.0, name: $0.1) }
    numbersByName = Dictionary(values.map { ($0.1, $0.0) }) { first, _ in first }
    namesByNumber = Dictionary(values) { first, _ in first }
  }

  /// The number of a name, `nil` when the schema has no such name.
  public func number(named name: String) -> Int32? {
    numbersByName[name]
  }

  /// The first name of a number, `nil` when the schema has no such number.
  public func name(of number: Int32) -> String? {
    namesByNumber[number]
  }
}
