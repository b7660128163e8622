extension FieldValue where Self: FixedWidthInteger {
  /// Whether the value is zero.
  @inlinable
  public var isDefault: Bool {
    self == 0
  }

  /// The width of the integer.
  @inlinable
  public static var imageByteCount: Int {
    bitWidth / 8
  }
}

extension FieldValue where Self: BitwiseCopyable {
  /// Copies the bits.
  @inlinable
  @unsafe
  public init(imageAt location: UnsafeRawPointer) throws(DecodingError) {
    // SAFETY: the caller vouches for a value of this type at `location`.
    self = unsafe location.load(as: Self.self)
  }

  /// Copies the bits.
  @inlinable
  @unsafe
  public func store(
    at location: UnsafeMutableRawPointer, in image: inout ImageWriter
  ) throws(EncodingError) {
    // SAFETY: the caller vouches for room for a value of this type at `location`.
    unsafe location.storeBytes(of: self, as: Self.self)
  }
}

extension Int32: MapKey {}
extension Int64: MapKey {}
extension UInt32: MapKey {}
extension UInt64: MapKey {}

extension Float: FieldValue {
  /// Whether every bit is zero: minus zero is a value of its own.
  @inlinable
  public var isDefault: Bool {
    bitPattern == 0
  }

  /// 4.
  @inlinable
  public static var imageByteCount: Int {
    4
  }
}

extension Double: FieldValue {
  /// Whether every bit is zero: minus zero is a value of its own.
  @inlinable
  public var isDefault: Bool {
    bitPattern == 0
  }

  /// 8.
  @inlinable
  public static var imageByteCount: Int {
    8
  }
}

/// libprotobuf-c's boolean is a C `int`, in arrays too.
extension Bool: MapKey {
  /// Whether the value is `false`.
  @inlinable
  public var isDefault: Bool {
    !self
  }

  /// 4.
  @inlinable
  public static var imageByteCount: Int {
    4
  }

  /// Any number but zero is `true`.
  @inlinable
  @unsafe
  public init(imageAt location: UnsafeRawPointer) throws(DecodingError) {
    // SAFETY: the caller vouches for a C `int` at `location`.
    self = unsafe location.load(as: Int32.self) != 0
  }

  /// Writes 0 or 1.
  @inlinable
  @unsafe
  public func store(
    at location: UnsafeMutableRawPointer, in image: inout ImageWriter
  ) throws(EncodingError) {
    // SAFETY: the caller vouches for room for a C `int` at `location`.
    unsafe location.storeBytes(of: self ? 1 : 0, as: Int32.self)
  }

  /// `false` before `true`.
  @inlinable
  public static func precedes(_ left: Bool, _ right: Bool) -> Bool {
    !left && right
  }
}

extension OpenEnum {
  /// Whether the number is zero.
  @inlinable
  public var isDefault: Bool {
    rawValue == 0
  }

  /// 4.
  @inlinable
  public static var imageByteCount: Int {
    4
  }

  /// Reads the number.
  @inlinable
  @unsafe
  public init(imageAt location: UnsafeRawPointer) throws(DecodingError) {
    // SAFETY: the caller vouches for an `Int32` at `location`.
    self.init(rawValue: unsafe location.load(as: Int32.self))
  }

  /// Writes the number.
  @inlinable
  @unsafe
  public func store(
    at location: UnsafeMutableRawPointer, in image: inout ImageWriter
  ) throws(EncodingError) {
    // SAFETY: the caller vouches for room for an `Int32` at `location`.
    unsafe location.storeBytes(of: rawValue, as: Int32.self)
  }
}
