import RPCCore

/// A message of one byte, so that there are bytes which are none.
struct Sample: RPCMessage, Hashable {
  var value: UInt8

  init(_ value: UInt8) { self.value = value }

  init(serializedBytes: RawSpan) throws {
    guard serializedBytes.byteCount == 1 else { throw Malformed() }
    // SAFETY: there is one byte.
    self.value = unsafe serializedBytes.unsafeLoad(as: UInt8.self)
  }

  func serialize(into buffer: inout [UInt8]) throws {
    if value == .max { throw Malformed() }
    buffer.append(value)
  }

  struct Malformed: Error {}

  /// One that has no bytes.
  static let unencodable = Sample(.max)
}

/// A service with whatever methods a test wants.
struct SampleService: RPCService {
  static let serviceName = "sample.Svc"

  var handlers: [MethodHandler]

  func methods() -> [MethodHandler] { handlers }

  static func method(_ name: String) -> MethodDescriptor {
    MethodDescriptor(service: serviceName, method: name, kind: .unary)
  }

  static func call(_ name: String = "M") -> ServerCall {
    ServerCall(method: method(name), peer: PeerIdentity(address: "test"), startedAt: .now)
  }
}
