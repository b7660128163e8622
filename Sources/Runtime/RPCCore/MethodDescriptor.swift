/// The name and kind of one method of one service.
///
/// The names live in one shared object, because a descriptor is copied for every call.
public struct MethodDescriptor: Sendable {
  /// The kind of the call.
  public let kind: CallKind

  private let names: Names

  /// Describes `method` of `service`.
  ///
  /// - Parameters:
  ///   - service: the full name with its package, "safemobility.v1.ReferralService"
  ///   - method: the name as in the schema, "SendReferral"
  ///   - kind: which sides stream
  public init(service: String, method: String, kind: CallKind) {
    self.kind = kind
    self.names = Names(service: service, method: method)
  }

  /// The service's full name, "pkg.Service".
  public var service: String { names.service }
  /// The method's own name, "Method".
  public var method: String { names.method }
  /// The path on the wire, "/pkg.Service/Method"; what authorisation, metrics and logs go by.
  public var path: String { names.path }
  /// Service and method as the reflection tools write them, "pkg.Service/Method".
  public var fullName: String { String(names.path.dropFirst()) }

  /// The same for all copies of one descriptor, for tables that must not hash text.
  package var identity: ObjectIdentifier { ObjectIdentifier(names) }

  private final class Names: Sendable {
    let service: String
    let method: String
    let path: String

    init(service: String, method: String) {
      self.service = service
      self.method = method
      self.path = "/\(service)/\(method)"
    }
  }
}

extension MethodDescriptor: Hashable {
  /// Equal by path and kind.
  public static func == (left: MethodDescriptor, right: MethodDescriptor) -> Bool {
    left.kind == right.kind && (left.names === right.names || left.path == right.path)
  }

  /// The path alone: two kinds under one path do not occur.
  public func hash(into hasher: inout Hasher) { hasher.combine(path) }
}

extension MethodDescriptor: CustomStringConvertible {
  /// The full name.
  public var description: String { fullName }
}
