internal import RPCWire

/// `grpc-encoding` and `grpc-accept-encoding`.
enum EncodingsTarget {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    let set = EncodingSet(acceptField: bytes.span)
    try Finding.unless(set.contains(EncodingSet.identity), "identity is not in the set")
    try Finding.unless(EncodingSet.all.isSuperset(of: set), "an encoding that we do not have")
    let again = EncodingSet(acceptField: Array(set.fieldValue.utf8).span)
    try Finding.unless(again == set, "the set is another one")
    if let encoding = MessageEncoding(fieldValue: bytes.span) {
      try Finding.unless(set == [.identity, EncodingSet(encoding)], "name and list differ")
    }
  }
}
