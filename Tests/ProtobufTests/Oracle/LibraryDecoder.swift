import CProtobufC

@testable import Protobuf

/// Reads messages with libprotobuf-c's own decoder, the oracle for ours.
///
/// The library was to be the fast path. With the scan it needs it takes longer than our decoder, so
/// it is left with the tables and with encoding, and with telling here whether ours is right.
enum LibraryDecoder {
  /// The message, or `nil` when the library would not read these bytes by the rules.
  static func read<Value: Message>(
    _ type: Value.Type, _ bytes: [UInt8], limits: DecodingLimits = .standard
  ) throws -> Value? {
    try unsafe bytes.withUnsafeBytes { raw in
      guard let start = raw.baseAddress else { return Value() }
      let cursor = unsafe WireCursor(start, end: start + raw.count)
      let layout = unsafe Value.descriptor.completeLayout
      var scan = PreScan(limits)
      guard try unsafe scan.isPlain(cursor, layout, depthLeft: limits.depthMax) else { return nil }

      let arena = Arena(byteCountMax: limits.arenaByteCountMax)
      var allocator = unsafe ProtobufCAllocator.arena(arena.state)
      // SAFETY: the tables are complete and immortal, the bytes were scanned against them, and the
      // arena outlives the call. What comes back is never given to `free_unpacked`.
      let message = unsafe protobuf_c_message_unpack(
        layout.pointee.library, &allocator, raw.count, start.assumingMemoryBound(to: UInt8.self))
      guard let message = unsafe message else { throw LibraryRefusal() }
      return try unsafe DecodedImage(UnsafeMutableRawPointer(message), in: arena).read(as: type)
    }
  }

  /// The library said no to what the scan found plain: a fault of the scan.
  struct LibraryRefusal: Error {}
}
