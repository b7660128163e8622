internal import CProtobufC

extension Message {
  /// Appends the message to `buffer`. Equal messages give equal bytes.
  public func serialize(into buffer: inout [UInt8]) throws(EncodingError) {
    try unsafe withImage { (image) throws(EncodingError) in
      // SAFETY: the image is complete; the library only reads it.
      let message = unsafe image.assumingMemoryBound(to: ProtobufCMessage.self)
      let count = unsafe protobuf_c_message_get_packed_size(message)
      guard count <= Int32.max else { throw EncodingError(.sizeExceeded) }
      guard count > 0 else { return }
      buffer.append(addingCapacity: count) { output in
        unsafe output.withUnsafeMutableBufferPointer { free, initializedCount in
          // SAFETY: `free` has room for `count` bytes, and `pack` writes exactly as many.
          unsafe initializedCount = protobuf_c_message_pack(message, free.baseAddress)
        }
      }
    }
  }

  /// The message as bytes.
  public func serializedBytes() throws(EncodingError) -> [UInt8] {
    var bytes: [UInt8] = []
    try serialize(into: &bytes)
    return bytes
  }

  /// Runs `body` with the message's image.
  func withImage<Result>(
    _ body: (UnsafeMutableRawPointer) throws(EncodingError) -> Result
  ) throws(EncodingError) -> Result {
    try unsafe Arena.withArena(byteCountMax: .max) { (arena) throws(EncodingError) -> Result in
      var writer = try unsafe ImageWriter(empty: Self.descriptor.completeLayout, arena)
      try write(into: &writer)
      return try unsafe body(writer.base)
    }
  }
}

extension ImageWriter {
  /// A new image one level further in.
  @usableFromInline
  func makeInner(_ descriptor: MessageDescriptor) throws(EncodingError) -> ImageWriter {
    // SAFETY: the arena outlives the writer.
    unsafe arena.pointee.writingDepth += 1
    guard unsafe arena.pointee.writingDepth < DecodingLimits.standard.depthMax else {
      throw EncodingError(.depthExceeded)
    }
    return try unsafe ImageWriter(empty: descriptor.completeLayout, arena)
  }

  @usableFromInline
  func leaveInner() {
    unsafe arena.pointee.writingDepth -= 1
  }
}
