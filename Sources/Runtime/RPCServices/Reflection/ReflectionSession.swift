internal import Protobuf
internal import RPCCore

/// One reflection stream: what it has asked and been sent.
///
/// What is not found is told within the stream, as the protocol has it; the call fails only at its
/// limit.
struct ReflectionSession {
  typealias Request = GRPCReflection.ServerReflectionRequest
  typealias Response = GRPCReflection.ServerReflectionResponse

  private let index: SchemaIndex
  private let services: [String]
  private let limits: ReflectionLimits
  private var requestCount = 0
  private var sentFiles: Set<SchemaIndex.FileIndex> = []

  init(index: SchemaIndex, services: [String], limits: ReflectionLimits) {
    self.index = index
    self.services = services
    self.limits = limits
  }

  /// The answer to the next request of the stream.
  ///
  /// - Throws: RESOURCE_EXHAUSTED for a request over the limit of the stream.
  mutating func answer(_ request: Request) throws(RPCError) -> Response {
    requestCount += 1
    guard requestCount <= limits.requestCountMax else {
      throw RPCError(
        .resourceExhausted, "a stream takes at most \(limits.requestCountMax) requests")
    }
    var response = Response()
    guard request.nameByteCount <= limits.nameByteCountMax else {
      response.messageResponse = .notFound("there is no name as long as this")
      return response
    }
    response.validHost = request.host
    // Without fields that we do not know, which would be an echo of any size.
    response.originalRequest = request
    response.originalRequest?.unknownFields = UnknownFields()
    response.messageResponse = answer(request.messageRequest)
    return response
  }

  private mutating func answer(_ request: Request.MessageRequest?) -> Response.MessageResponse {
    switch request {
    case .listServices:
      return .listServicesResponse(
        .with { $0.service = services.map { name in .with { $0.name = name } } })
    case .fileByFilename(let name):
      return files(from: index.filesByName[name], else: "there is no such file")
    case .fileContainingSymbol(let name):
      return files(from: index.filesBySymbol[name], else: "there is no such symbol")
    case .fileContainingExtension(let request):
      return files(
        from: index.filesByExtension[request.containingType]?[request.extensionNumber],
        else: "there is no such extension")
    case .allExtensionNumbersOfType(let name):
      guard let numbers = index.extensionNumbers(of: name) else {
        return .notFound("there is no such message type")
      }
      return .allExtensionNumbersResponse(
        .with {
          $0.baseTypeName = name
          $0.extensionNumber = numbers
        })
    case nil:
      return .error(.invalidArgument, "the request asks for nothing")
    }
  }

  private mutating func files(
    from file: SchemaIndex.FileIndex?, else refusal: String
  ) -> Response.MessageResponse {
    guard let file else { return .notFound(refusal) }
    let files = index.closure(of: file, without: sentFiles)
    sentFiles.formUnion(files)
    return .fileDescriptorResponse(
      .with { $0.fileDescriptorProto = files.map { index.files[$0].serializedBytes } })
  }
}

extension GRPCReflection.ServerReflectionRequest {
  /// Bytes of all text in the request.
  fileprivate var nameByteCount: Int {
    switch messageRequest {
    case .fileByFilename(let name), .fileContainingSymbol(let name), .listServices(let name),
      .allExtensionNumbersOfType(let name):
      host.utf8.count + name.utf8.count
    case .fileContainingExtension(let request):
      host.utf8.count + request.containingType.utf8.count
    case nil:
      host.utf8.count
    }
  }
}

extension GRPCReflection.ServerReflectionResponse.MessageResponse {
  fileprivate static func notFound(_ message: String) -> Self { error(.notFound, message) }

  fileprivate static func error(_ code: StatusCode, _ message: String) -> Self {
    .errorResponse(
      .with {
        $0.errorCode = Int32(code.rawValue)
        $0.errorMessage = message
      })
  }
}
