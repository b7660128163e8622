import Domain
import Storage

/// What a handler has in hand while it answers a read.
struct Reading {
  /// One committed state of the store.
  let reader: any StoreReader
  /// What the log will say.
  var trail: AuditTrail
  /// What page tokens are sealed with.
  let seal: Seal

  /// Who asks.
  var caller: Caller { trail.caller }
  /// The store's clock.
  var now: Instant { reader.now }
}
