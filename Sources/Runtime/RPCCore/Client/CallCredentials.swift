/// What makes the metadata of a call that says who is calling: a token, a signature over the method's name.
///
/// Sent over TLS and unix sockets only: over anything else the call fails with UNAUTHENTICATED before a byte of it
/// leaves.
public struct CallCredentials: Sendable, Hashable {
  /// What credentials may depend on.
  public struct Request: Sendable, Hashable {
    /// The method that will be called.
    public var method: MethodDescriptor
    /// The server's name as the call says it (`:authority`).
    public var authority: String

    /// Both parts are given.
    public init(method: MethodDescriptor, authority: String) {
      self.method = method
      self.authority = authority
    }
  }

  /// Makes the metadata; what it throws is how the call ends.
  public typealias Maker = @Sendable (Request) async throws(RPCError) -> Metadata

  private let box: Box

  /// Credentials that `make` makes, for each call anew; it may keep what it made for later calls.
  public init(_ make: @escaping Maker) {
    box = Box(make)
  }

  /// Makes the metadata for one call.
  public func metadata(for request: Request) async throws(RPCError) -> Metadata {
    try await box.make(request)
  }

  /// Copies of the same credentials are equal.
  public static func == (left: CallCredentials, right: CallCredentials) -> Bool {
    left.box === right.box
  }

  /// By identity.
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(box)) }

  private final class Box: Sendable {
    let make: Maker

    init(_ make: @escaping Maker) { self.make = make }
  }
}
