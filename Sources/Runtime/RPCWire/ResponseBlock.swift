public import RPCCore

/// What one header list of a response says, be it the head, the trailers or both in one.
public struct ResponseBlock: Sendable, Hashable {
  /// `:status`; nil in trailers.
  var httpStatus: Int?
  /// `content-type`; nil where there is none.
  var contentType: ContentType?
  /// The content-type as it stood, shortened, for error texts.
  var contentTypeText = ""
  /// `grpc-encoding`; nil for a compression that we do not know (Q20).
  var encoding: MessageEncoding? = .identity
  /// `grpc-status`.
  var grpcStatus = GRPCStatus.absent
  /// `grpc-message`, decoded.
  var message = ""
  /// `grpc-status-details-bin`, decoded; nil where there is none or it cannot be read.
  var details: [UInt8]?
  /// The application's fields.
  var metadata = Metadata()
  /// Fields are missing because the list was over a limit.
  var isOversized = false

  /// The field `grpc-status`, if it was there.
  enum GRPCStatus: Hashable {
    case absent
    case code(StatusCode)
    /// Not a number (R6).
    case malformed
  }
}

/// Reads the header lists of responses, one after the other (R4…R7, R9).
///
/// One per connection: header lists never interleave there.
public struct ResponseBlockReader: ~Copyable {
  private var block = ResponseBlock()
  private var listByteCount = 0
  private var fieldCount = 0
  private let limits: Limits

  /// A reader for one connection.
  public init(limits: Limits = Limits()) {
    self.limits = limits
  }

  /// Takes the next field of the list. Never fails.
  public mutating func field(name: Span<UInt8>, value: Span<UInt8>) {
    listByteCount += name.count + value.count + 32
    fieldCount += 1
    if isOverLimit { return }
    guard let known = FieldName(name) else {
      // A -bin field that is not base64 is dropped: the answer is worth more than the field.
      _ = MetadataFields.receive(name: name, value: value, into: &block.metadata)
      return
    }
    switch known {
    case .status:
      block.httpStatus = Self.number(value, digitCountMax: 3) ?? 0
    case .contentType:
      block.contentType = ContentType(value)
      let quoted = value.extracting(first: Limits.quotedByteCountMax)
      block.contentTypeText = StatusMessage.decode(quoted)
    case .encoding:
      block.encoding = MessageEncoding(fieldValue: value)
    case .grpcStatus:
      let code = Self.number(value, digitCountMax: 9).map { StatusCode(rawValue: $0) }
      block.grpcStatus = code.map { .code($0) } ?? .malformed
    case .grpcMessage:
      block.message = StatusMessage.decode(value)
    case .grpcDetails:
      block.details = Base64.decode(value)
    case .method, .scheme, .path, .authority, .host, .contentLength, .te, .timeout, .acceptEncoding:
      break
    }
  }

  /// The list is complete. The reader is then ready for the next.
  ///
  /// - Parameter isOversized: whether the transport had to leave out fields
  public mutating func finish(isOversized: Bool = false) -> ResponseBlock {
    var finished = ResponseBlock()
    swap(&finished, &block)
    finished.isOversized = isOversized || isOverLimit
    listByteCount = 0
    fieldCount = 0
    return finished
  }

  private var isOverLimit: Bool {
    listByteCount > limits.headerListByteCountMax || fieldCount > limits.headerFieldCountMax
  }

  private static func number(_ text: Span<UInt8>, digitCountMax: Int) -> Int? {
    guard (1...digitCountMax).contains(text.count) else { return nil }
    var number = 0
    for index in text.indices {
      guard (0x30...0x39).contains(text[index]) else { return nil }
      number = number * 10 + Int(text[index] - 0x30)
    }
    return number
  }
}
