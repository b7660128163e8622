internal import CProtobufC

extension Message {
  /// Appends the message to `buffer`. Equal messages give equal bytes, but for texts that are equal to
  /// Swift and spelled in different scalars, which stay as they are.
  public func serialize(into buffer: inout [UInt8]) throws(EncodingError) {
    try Arena.withStackArena(byteCountMax: .max) { (arena) throws(EncodingError) in
      try EncodedImage(self, in: arena).pack(into: &buffer)
    }
  }

  /// The message as bytes.
  public func serializedBytes() throws(EncodingError) -> [UInt8] {
    var bytes: [UInt8] = []
    try serialize(into: &bytes)
    return bytes
  }
}

extension EncodedImage {
  /// Has the library write the image behind what `buffer` holds.
  func pack(into buffer: inout [UInt8]) throws(EncodingError) {
    // SAFETY: the image is complete; the library only reads it.
    let message = unsafe UnsafePointer(base.assumingMemoryBound(to: ProtobufCMessage.self))
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

extension ImageWriter {
  /// A new image one level further in.
  func makeInner(_ descriptor: MessageDescriptor) throws(EncodingError) -> ImageWriter {
    // SAFETY: the arena outlives the writer.
    unsafe arena.pointee.writingDepth += 1
    guard unsafe arena.pointee.writingDepth <= DecodingLimits.standard.depthMax else {
      throw EncodingError(.depthExceeded)
    }
    return try unsafe ImageWriter(empty: descriptor.completeLayout, arena)
  }

  func leaveInner() {
    unsafe arena.pointee.writingDepth -= 1
  }
}
