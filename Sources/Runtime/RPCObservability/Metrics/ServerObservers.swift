public import RPCCore

/// Several observers as one, told in their order.
public struct ServerObservers: ServerObserver {
  private let observers: [any ServerObserver]

  /// All of `observers`.
  public init(_ observers: [any ServerObserver]) {
    self.observers = observers
  }

  /// See ``RPCCore/ServerObserver``.
  public func callStarted(_ method: MethodDescriptor?) {
    for index in observers.indices { observers[index].callStarted(method) }
  }

  /// See ``RPCCore/ServerObserver``.
  public func callEnded(_ record: ServerCallRecord) {
    for index in observers.indices { observers[index].callEnded(record) }
  }

  /// See ``RPCCore/ServerObserver``.
  public func connectionOpened(_ peer: PeerIdentity) {
    for observer in observers { observer.connectionOpened(peer) }
  }

  /// See ``RPCCore/ServerObserver``.
  public func connectionClosed(_ peer: PeerIdentity, reason: String) {
    for observer in observers { observer.connectionClosed(peer, reason: reason) }
  }
}
