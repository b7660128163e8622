/// In an image both `string` and `bytes` are a length and a pointer.
extension String: MapKey {
  /// Whether the text is empty.
  @inlinable
  public var isDefault: Bool {
    isEmpty
  }

  /// 16.
  @inlinable
  public static var imageByteCount: Int {
    16
  }

  /// Copies the text; throws ``DecodingError/Reason/invalidUTF8``.
  @unsafe
  public init(imageAt location: UnsafeRawPointer) throws(DecodingError) {
    // SAFETY: the caller vouches for a length and a pointer to as many bytes at `location`.
    let bytes = unsafe ImageBytes.load(at: location)
    do {
      // By way of a span: `String(validating:as:)` is generic, and takes three times as long.
      self = String(copying: try UTF8Span(validating: unsafe bytes.span))
    } catch {
      throw DecodingError(.invalidUTF8)
    }
  }

  /// Copies short text and borrows long text.
  @unsafe
  public func store(
    at location: UnsafeMutableRawPointer, in image: inout ImageWriter
  ) throws(EncodingError) {
    let placement = unsafe utf8.withContiguousStorageIfAvailable { bytes in
      unsafe image.place(bytes, at: location)
    }
    switch placement {
    case .copied: break
    // SAFETY: a string longer than the limit for copies has its bytes on the heap, where the
    // retained string keeps them.
    case .borrowed: image.retain(self)
    case .refused: throw EncodingError(.sizeExceeded)
    // A string of another making, such as a bridged one: as an array its bytes are contiguous.
    case nil: try unsafe Array(utf8).store(at: location, in: &image)
    }
  }

  /// Whether the bytes are equal, not only the texts.
  public static func isSame(_ left: String, _ right: String) -> Bool {
    left.utf8.elementsEqual(right.utf8)
  }
}

extension [UInt8]: FieldValue {
  /// Whether there are no bytes.
  @inlinable
  public var isDefault: Bool {
    isEmpty
  }

  /// 16.
  @inlinable
  public static var imageByteCount: Int {
    16
  }

  /// Copies the bytes.
  @unsafe
  public init(imageAt location: UnsafeRawPointer) {
    // SAFETY: the caller vouches for a length and a pointer to as many bytes at `location`.
    self = unsafe Array(ImageBytes.load(at: location))
  }

  /// Copies short arrays and borrows long ones.
  @unsafe
  public func store(
    at location: UnsafeMutableRawPointer, in image: inout ImageWriter
  ) throws(EncodingError) {
    let placement = unsafe withUnsafeBufferPointer { bytes in
      unsafe image.place(bytes, at: location)
    }
    switch placement {
    case .copied: break
    // SAFETY: the retained array keeps its bytes where they are.
    case .borrowed: image.retain(self)
    case .refused: throw EncodingError(.sizeExceeded)
    }
  }
}

/// The library's `ProtobufCBinaryData`: length, then pointer.
enum ImageBytes {
  @unsafe
  @inline(__always)
  static func load(at location: UnsafeRawPointer) -> UnsafeBufferPointer<UInt8> {
    // SAFETY: the caller vouches for a length and a pointer to as many bytes at `location`.
    unsafe UnsafeBufferPointer(
      start: location.load(fromByteOffset: 8, as: UnsafePointer<UInt8>?.self),
      count: location.load(as: Int.self))
  }

  @unsafe
  @inline(__always)
  static func store(
    _ bytes: UnsafeRawPointer?, count: Int, at location: UnsafeMutableRawPointer
  ) {
    // SAFETY: the caller vouches for 16 bytes at `location`.
    unsafe location.storeBytes(of: count, as: Int.self)
    unsafe location.storeBytes(of: bytes, toByteOffset: 8, as: UnsafeRawPointer?.self)
  }
}
