internal import RPCWire

/// `grpc-message`: anything is read, and what is written is printable and read as it was.
enum StatusMessageTarget {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    for message in [StatusMessage.decode(bytes.span), String(decoding: bytes, as: UTF8.self)] {
      let encoded = StatusMessage.encode(message)
      let isPrintable = encoded.allSatisfy { (0x20...0x7E).contains($0) }
      try Finding.unless(isPrintable, "a byte that no field may have")
      try Finding.unless(encoded.first != 0x20 && encoded.last != 0x20, "an outer space")
      let again = StatusMessage.decode(encoded.span)
      try Finding.unless(again.utf8.elementsEqual(message.utf8), "the message is another one")
    }
  }
}
