/// A Swift type that can be the value of a field: it knows its place in an image.
///
/// The conforming types are the scalars, `String`, `[UInt8]`, generated enums and messages. Generated
/// code relies on the conformances; nobody else needs to add one.
public protocol FieldValue: Sendable, Hashable {
  /// The default: zero, empty, or a message with nothing set.
  init()

  /// Whether the value is the default, and so is not written where presence does not count.
  var isDefault: Bool { get }

  /// Bytes that one value takes in an array of an image: 4, 8 or 16.
  static var imageByteCount: Int { get }

  /// Reads a value from an image.
  ///
  /// - Parameter location: an initialized value of this type in an image.
  @unsafe init(imageAt location: UnsafeRawPointer) throws(DecodingError)

  /// Writes the value into an image.
  ///
  /// - Parameters:
  ///   - location: room for one value.
  ///   - image: the image, for memory that the value needs beside `location`.
  @unsafe func store(
    at location: UnsafeMutableRawPointer, in image: inout ImageWriter
  ) throws(EncodingError)
}

/// A type that can be the key of a map: the integers, `Bool` and `String`.
public protocol MapKey: FieldValue {
  /// The order in which entries are written, so that equal messages give equal bytes.
  static func precedes(_ left: Self, _ right: Self) -> Bool

  /// Whether two equal keys are also the same on the wire. Only strings can differ: to Swift two
  /// spellings of one text are equal, to every other implementation they are two keys.
  static func isSame(_ left: Self, _ right: Self) -> Bool
}

extension MapKey where Self: Comparable {
  /// Ascending order.
  @inlinable
  public static func precedes(_ left: Self, _ right: Self) -> Bool {
    left < right
  }
}

extension MapKey {
  /// Equal keys are the same.
  @inlinable
  public static func isSame(_ left: Self, _ right: Self) -> Bool {
    left == right
  }
}
