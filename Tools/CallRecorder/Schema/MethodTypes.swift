public import Protobuf

/// What the methods of a schema take and return, by the path of a call.
public struct MethodTypes: Sendable {
  /// The two sides of a method.
  public struct Sides: Sendable {
    /// What the client sends.
    public var request: MessageDescriptor
    /// What the server sends.
    public var response: MessageDescriptor
  }

  /// The schema itself.
  public let schema: RuntimeSchema

  private let sides: [String: Sides]

  /// The methods of all services of `schema`.
  public init(_ schema: RuntimeSchema) {
    self.schema = schema
    var sides: [String: Sides] = [:]
    for service in schema.services {
      for method in service.methods {
        sides["/\(service.fullName)/\(method.name)"] = Sides(
          request: method.request, response: method.response)
      }
    }
    self.sides = sides
  }

  /// The sides of the method at a path; nil when the schema does not have it.
  public subscript(path: String) -> Sides? { sides[path] }

  /// What a message of a call is of; nil when the schema does not have the method.
  public func message(of path: String, isRequest: Bool) -> MessageDescriptor? {
    sides[path].map { isRequest ? $0.request : $0.response }
  }
}
