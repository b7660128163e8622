internal import RPCWire

/// `grpc-timeout`, read as it is, and written for a duration made of the input.
enum TimeoutTarget {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    if let timeout = Timeout.decode(bytes.span) { try check(timeout) }
    var input = FuzzInput(bytes)
    let seconds = input.integer()
    let attoseconds = input.integer() % 1_000_000_000_000_000_000
    try check(Duration(secondsComponent: seconds, attosecondsComponent: attoseconds))
  }

  /// What is written is read, and is no less, up to the longest time there is.
  private static func check(_ timeout: Duration) throws(Finding) {
    let text = Timeout.encode(timeout)
    try Finding.unless((2...9).contains(text.utf8.count), "\(text) is no timeout")
    guard let again = Timeout.decode(Array(text.utf8).span) else {
      throw Finding("\(text) is not read")
    }
    try Finding.unless(again >= min(timeout, Timeout.longest), "\(text) is less than \(timeout)")
  }
}
