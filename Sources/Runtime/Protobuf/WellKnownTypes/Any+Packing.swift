extension GoogleProtobuf.Any_ {
  /// Where type URLs of this library point to; only what stands behind the last slash counts.
  private static let typeURLPrefix = "type.googleapis.com/"

  /// The serialized `message` with the URL of its type.
  public init(packing message: some Message) throws(EncodingError) {
    self.init()
    typeUrl = Self.typeURLPrefix + type(of: message).descriptor.fullName
    value = try message.serializedBytes()
  }

  /// The full name of the type within, for example `google.rpc.ErrorInfo`.
  public var typeName: String {
    String(
      typeUrl[(typeUrl.lastIndex(of: "/").map(typeUrl.index(after:)) ?? typeUrl.startIndex)...])
  }

  /// The message within when it is a `Value`, else nil.
  ///
  /// - Throws: ``DecodingError`` when the type fits and the bytes do not.
  public func unpacked<Value: Message>(as type: Value.Type = Value.self) throws(DecodingError)
    -> Value?
  {
    guard typeName == Value.descriptor.fullName else { return nil }
    return try Value(serializedBytes: value)
  }
}
