internal import KitchenSink
internal import Protobuf

/// The messages that inputs are read as: the first byte picks one.
enum FuzzedMessages {
  static let types: [any Message.Type] = [
    KitchenV1.Scalars.self, KitchenV1.Maps.self, KitchenV1.Choices.self, KitchenV1.Tree.self,
    KitchenV1.WellKnown.self, LegacyV1.Old.self, GoogleProtobuf.FileDescriptorProto.self,
    GoogleProtobuf.Struct.self,
  ]

  static let registry = DescriptorPool(
    KitchenV1.fileDescriptors + LegacyV1.fileDescriptors + GoogleProtobuf.fileDescriptors)

  static func type(_ pick: UInt8) -> any Message.Type { types[Int(pick) % types.count] }

  static var encoding: JSONEncodingOptions {
    var options = JSONEncodingOptions()
    options.registry = registry
    return options
  }

  static func decoding(ignoresUnknown: Bool) -> JSONDecodingOptions {
    var options = JSONDecodingOptions()
    options.registry = registry
    options.ignoreUnknownFields = ignoresUnknown
    return options
  }
}

extension Message {
  /// A message that was read can be written, and what is written is read as the same bytes; so is its
  /// JSON, if it has any.
  static func checkBytes(of message: Self) throws(Finding) {
    let first: [UInt8]
    do { first = try message.serializedBytes() } catch { throw Finding("not written: \(error)") }
    let second: [UInt8]
    do {
      second = try Self(serializedBytes: first).serializedBytes()
    } catch {
      throw Finding("not read again: \(error)")
    }
    try Finding.unless(first == second, "written twice, the bytes differ")
  }

  static func checkJSON(of message: Self) throws(Finding) {
    // Times outside the years 1 to 9999 and Any of unknown types have no JSON.
    guard let first = try? message.jsonString(options: FuzzedMessages.encoding) else { return }
    let second: String
    do {
      let decoding = FuzzedMessages.decoding(ignoresUnknown: false)
      second = try Self(jsonString: first, options: decoding)
        .jsonString(options: FuzzedMessages.encoding)
    } catch {
      throw Finding("our own JSON is not read: \(error): \(first)")
    }
    // A NullValue is written as null whatever its number, so that JSON alone says less than the message
    // did, in every implementation.
    let isLessened = first.contains(#""nullValue":null"#)
    let isEqual = first.utf8.elementsEqual(second.utf8)
    try Finding.unless(isEqual || isLessened, "JSON \(first) became \(second)")
  }
}
