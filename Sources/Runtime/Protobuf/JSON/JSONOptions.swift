/// How messages are written as JSON.
public struct JSONEncodingOptions: Sendable {
  /// On several lines, indented by two spaces.
  public var pretty = false
  /// Field names as in the .proto file instead of lowerCamelCase.
  public var preserveProtoFieldNames = false
  /// Fields without presence even when they hold their default.
  public var alwaysPrintImplicitFields = false
  /// Enum values by number instead of by name.
  public var enumsAsNumbers = false
  /// Where the types within `google.protobuf.Any` are found.
  public var registry = DescriptorPool([])

  /// The canonical form of the proto3 JSON mapping, on one line.
  public init() {}
}

/// How JSON is read as messages.
public struct JSONDecodingOptions: Sendable {
  /// Passes over members that the schema does not know, and unknown names of enum values.
  public var ignoreUnknownFields = false
  /// Where the types within `google.protobuf.Any` are found.
  public var registry = DescriptorPool([])
  /// Ceilings on depth, size and memory, the same as for bytes.
  public var limits = DecodingLimits.standard

  /// Strict, with the standard limits.
  public init() {}
}
