import Synchronization

/// One call as its handler and the interceptors before it see it.
///
/// Cancellation is the task's own: a handler learns by `Task.isCancelled` or `CancellationError` that
/// nobody waits any more. Every member may be used from any thread while the handler runs.
public final class ServerCall: Sendable {
  /// The method called.
  public var method: MethodDescriptor { origin.method }
  /// What the caller sent along, without the fields of the protocol itself.
  public var requestMetadata: Metadata { origin.requestMetadata }
  /// When the caller stops waiting; nil when it waits for ever.
  public let deadline: Deadline?
  /// Who is calling, as the transport knows it.
  public var peer: PeerIdentity { origin.peer }
  /// When the transport had the request's head.
  public var startedAt: ContinuousClock.Instant { start.instant }

  private let origin: Origin
  private let start: Moment

  // Nil until something is set, for most calls set nothing: then a call costs one object, and its end
  // one look. One lock for all of it, because the transport reads both sets of metadata together.
  private let extras = Mutex<Extras?>(nil)

  /// A call that has just arrived.
  public convenience init(
    method: MethodDescriptor, requestMetadata: Metadata = [:], deadline: Deadline? = nil,
    peer: PeerIdentity, startedAt: ContinuousClock.Instant
  ) {
    self.init(
      Origin(method: method, requestMetadata: requestMetadata, peer: peer), deadline: deadline,
      startedAt: startedAt)
  }

  /// A call that has just arrived, like others before it.
  package init(_ origin: Origin, deadline: Deadline?, startedAt: ContinuousClock.Instant) {
    self.origin = origin
    self.deadline = deadline
    start = Moment(startedAt)
  }

  /// What a client's calls have in common as long as it repeats itself: one object for all of them.
  package final class Origin: Sendable {
    package let method: MethodDescriptor
    package let requestMetadata: Metadata
    package let peer: PeerIdentity

    package init(method: MethodDescriptor, requestMetadata: Metadata, peer: PeerIdentity) {
      self.method = method
      self.requestMetadata = requestMetadata
      self.peer = peer
    }
  }

  /// What goes out in the response headers.
  ///
  /// Changes made after the first message has left have no effect. When the call fails before any
  /// message, it travels in the trailers.
  public var responseMetadata: Metadata {
    get { extras.withLock { $0?.responseMetadata ?? Metadata() } }
    set { change { $0.responseMetadata = newValue } }
  }

  /// What goes out in the trailers, whether the call succeeds or fails.
  public var trailingMetadata: Metadata {
    get { extras.withLock { $0?.trailingMetadata ?? Metadata() } }
    set { change { $0.trailingMetadata = newValue } }
  }

  /// Whether responses are compressed for a client that accepts it; nil for what the server does by
  /// default.
  ///
  /// Leave it off for responses that mix secrets with what a stranger chose: the size of the
  /// compressed whole tells of the secret (attack T21).
  public var compressesResponses: Bool? {
    get { extras.withLock { $0?.compressesResponses } }
    set { change { $0.compressesResponses = newValue } }
  }

  /// Whether the request that the handler has, or took last, came compressed.
  public package(set) var requestWasCompressed: Bool {
    get { extras.withLock { $0?.requestWasCompressed ?? false } }
    set {
      if newValue == requestWasCompressed { return }
      change { $0.requestWasCompressed = newValue }
    }
  }

  /// All that goes out beside messages at once, for a transport; nil for nothing, as with most calls.
  package var outgoing: Outgoing? {
    extras.withLock { extras in
      guard let extras else { return nil }
      return Outgoing(
        response: extras.responseMetadata, trailing: extras.trailingMetadata,
        compressesResponses: extras.compressesResponses)
    }
  }

  /// What goes out beside messages.
  package struct Outgoing {
    package var response = Metadata()
    package var trailing = Metadata()
    package var compressesResponses: Bool?

    package init(
      response: Metadata = [:], trailing: Metadata = [:], compressesResponses: Bool? = nil
    ) {
      self.response = response
      self.trailing = trailing
      self.compressesResponses = compressesResponses
    }
  }

  /// A value that an interceptor hands down to the handler; nil until somebody set it.
  public subscript<Key: ServerCallKey>(key: Key.Type) -> Key.Value? {
    get {
      let id = ObjectIdentifier(key)
      return extras.withLock { extras in
        extras?.values.first { $0.id == id }?.value as? Key.Value
      }
    }
    set {
      let id = ObjectIdentifier(key)
      change { extras in
        extras.values.removeAll { $0.id == id }
        if let newValue { extras.values.append(StoredValue(id: id, value: newValue)) }
      }
    }
  }

  private func change(_ body: (Extras) -> Void) {
    extras.withLock { extras in
      let changed = extras ?? Extras()
      body(changed)
      extras = changed
    }
  }

  /// What few calls have.
  private final class Extras {
    var responseMetadata = Metadata()
    var trailingMetadata = Metadata()
    var compressesResponses: Bool?
    var requestWasCompressed = false
    var values: [StoredValue] = []
  }

  private struct StoredValue {
    var id: ObjectIdentifier
    var value: any Sendable
  }
}

/// The name and type of a value carried by a ``ServerCall``: `enum Caller: ServerCallKey { … }`.
public protocol ServerCallKey {
  /// What is carried under this key.
  associatedtype Value: Sendable
}
