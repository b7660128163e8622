/// The image of a Swift value, and the memory it lies in.
@safe
struct EncodedImage: ~Copyable {
  private let arena: Arena
  let base: UnsafeMutableRawPointer

  /// Fills an image from `message`.
  init<Value: Message>(
    _ message: borrowing Value, in arena: consuming Arena = Arena(byteCountMax: .max)
  ) throws(EncodingError) {
    // SAFETY: the writer ends before the arena does.
    var writer = try unsafe ImageWriter(
      empty: Value.descriptor.completeLayout, arena.state)
    try message.write(into: &writer)
    unsafe base = writer.base
    self.arena = arena
  }

  /// An image that lies in `arena`, made by other means.
  @unsafe
  init(_ base: UnsafeMutableRawPointer, in arena: consuming Arena) {
    unsafe self.base = base
    self.arena = arena
  }

  /// Runs `body` with a view of the message.
  func withView<Result>(
    _ body: (borrowing MessageView) throws -> Result
  ) rethrows -> Result {
    try unsafe body(MessageView(base))
  }
}
