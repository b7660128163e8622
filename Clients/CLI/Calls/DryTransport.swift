import RPCCore
import RPCTransportHTTP2
import RPCWire

/// Shows what a call would send, and sends nothing.
struct DryTransport: ClientTransport {
  private let scheme: String
  private let authority: String
  private let write: @Sendable (String) -> Void

  /// How every dry call ends; there is no answer that it could end with.
  static let end = RPCError(.cancelled, "nothing was sent")

  init(_ connection: Surroundings.Connection) {
    scheme = connection.isEncrypted ? "https" : "http"
    switch connection.target {
    case .dns: authority = connection.target.description
    case .addresses(let endpoints): authority = endpoints.first?.description ?? ""
    case .unix: authority = "localhost"
    }
    write = Surroundings.current.write
  }

  func unary(
    _ method: MethodDescriptor, request: [UInt8], metadata: Metadata, options: CallOptions
  ) async throws(RPCError) -> RawResponse {
    show(method, metadata, options)
    Self.show(request, write)
    throw Self.end
  }

  func open(
    _ method: MethodDescriptor, request: [UInt8]?, metadata: Metadata, options: CallOptions
  ) -> any ClientStream {
    show(method, metadata, options)
    if let request { Self.show(request, write) }
    return DryStream(isFinished: request != nil, write)
  }

  private func show(_ method: MethodDescriptor, _ metadata: Metadata, _ options: CallOptions) {
    let request = OutgoingRequest(
      method: method, scheme: scheme, authority: authority, timeout: options.timeout,
      userAgent: "", metadata: metadata)
    var lines = FieldLines()
    RequestFields.common(request, to: &lines)
    RequestFields.own(request, to: &lines)
    write(lines.text)
  }

  /// A message as it goes over the wire: compressed or not, its length, its bytes.
  fileprivate static func show(_ message: [UInt8], _ write: (String) -> Void) {
    let length = Hexadecimal.text(of: UInt32(message.count))
    write("message: 00 \(length) \(Hexadecimal.text(of: message))\n")
  }
}

/// Fields as lines for people.
private struct FieldLines: FieldSink {
  var text = ""

  mutating func append(name: Span<UInt8>, value: Span<UInt8>) {
    let name = String(copying: name)
    // The channel's own name for itself is not the call's.
    if name == "user-agent" { return }
    let isSecret = HeaderOptions.secretNames.contains(name)
    text += "\(name): \(isSecret ? "(\(value.count) bytes, not shown)" : String(copying: value))\n"
  }
}

extension String {
  fileprivate init(copying span: Span<UInt8>) {
    self.init(decoding: span.indices.map { span[$0] }, as: UTF8.self)
  }
}

/// Shows what is written, until there is no more.
private final class DryStream: ClientStream {
  private let ended = AsyncStream.makeStream(of: Void.self)
  private let show: @Sendable (String) -> Void

  init(isFinished: Bool, _ show: @escaping @Sendable (String) -> Void) {
    self.show = show
    if isFinished { finish() }
  }

  func write(_ message: [UInt8], compressed: Bool?) async throws(RPCError) {
    DryTransport.show(message, show)
  }

  func finish() { ended.continuation.finish() }

  func next() async throws(RPCError) -> [UInt8]? {
    for await _ in ended.stream {}
    throw DryTransport.end
  }

  func metadata() async throws(RPCError) -> Metadata { throw DryTransport.end }

  var trailingMetadata: Metadata { [:] }

  func cancel() { finish() }
}
