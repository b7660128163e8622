/// A generated enum: the known numbers of a proto enum, and any other number kept as it came.
///
/// proto3 enums are open (https://protobuf.dev/programming-guides/enum): a number from a newer schema
/// survives being read and written by an older program.
public protocol OpenEnum: RawRepresentable<Int32>, FieldValue {
  /// The case with this number, or `unrecognized` with it. Never fails.
  init(rawValue: Int32)

  /// The number on the wire.
  var rawValue: Int32 { get }

  /// Names and numbers as the schema has them.
  static var descriptor: EnumDescriptor { get }
}

extension OpenEnum {
  /// The number 0, which proto3 makes the default of every enum.
  @inlinable
  public init() {
    self.init(rawValue: 0)
  }

  /// Equal when the numbers are, so `unrecognized(1)` made by hand is the known case 1.
  @inlinable
  public static func == (left: Self, right: Self) -> Bool {
    left.rawValue == right.rawValue
  }

  /// Hashes the number.
  @inlinable
  public func hash(into hasher: inout Hasher) {
    hasher.combine(rawValue)
  }
}
