/// What a server says in its trailers of coming again: `grpc-retry-pushback-ms` (gRFC A6, "Pushback").
public enum Pushback: Hashable, Sendable {
  /// Nothing.
  case none
  /// Come again after this long, whatever the backoff or the hedging delay would be.
  case after(Duration)
  /// Do not come again.
  case stop

  /// - Parameter metadataValue: the value of the field, a number of milliseconds of at most 32 bits;
  ///   nil when it is absent. What is negative or no such number means ``stop``.
  public init(metadataValue: String?) {
    guard let text = metadataValue else {
      self = .none
      return
    }
    guard let milliseconds = Int32(text), milliseconds >= 0 else {
      self = .stop
      return
    }
    self = .after(.milliseconds(milliseconds))
  }
}
