/// A resource with a state that only a machine moves.
///
/// Each aggregate has a machine: a `~Copyable` struct that takes the stored value, has one mutating
/// function per event, and returns a ``Change``: what to store and what else to do in the same
/// transaction. Wrong moves come in two kinds. *Illegal* ones, which the state does not have, are
/// refused with TRANSITION_NOT_ALLOWED before any guard is looked at; *refused* ones fail a guard
/// and name it. Both leave the machine as it was. A legal race that asks for nothing returns `nil`.
public protocol Aggregate: Hashable, Sendable {
  /// The states, by stored code.
  associatedtype State: RawRepresentable<Int>, CaseIterable, Hashable, Sendable
  /// The events.
  associatedtype Event: MachineEvent where Event.State == State
  /// What a change may ask for besides storing the entity.
  associatedtype Order: Hashable, Sendable

  /// What kind of resource.
  static var aggregateKind: AggregateKind { get }
  /// Its etag, whose uid names it in events.
  var etag: Etag { get }
  /// Where it stands.
  var state: State { get set }
  /// Its changes.
  var revision: Revision { get set }
}

/// An event of a machine: a verb of the desk, with the states that have it.
public protocol MachineEvent: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
  /// The states of the machine.
  associatedtype State
  /// The states from which the event moves; empty for a creation.
  var sources: [State] { get }
}

/// What an event asks for.
public struct Change<Entity: Aggregate>: Hashable, Sendable {
  /// The entity as it is to be stored; its version is one more than before.
  public let entity: Entity
  /// What happened.
  public let event: Entity.Event
  /// The state before; `nil` for a creation.
  public let stateBefore: Entity.State?
  /// What else belongs to the same transaction, in this order.
  public let orders: [Entity.Order]

  init(
    _ entity: Entity, _ event: Entity.Event, from stateBefore: Entity.State?,
    orders: [Entity.Order]
  ) {
    self.entity = entity
    self.event = event
    self.stateBefore = stateBefore
    self.orders = orders
  }

  /// The version the store must find, so that no other change is overwritten; `nil` for a creation.
  public var versionBefore: Version? {
    stateBefore == nil ? nil : Version(rawValue: entity.revision.version.rawValue - 1)
  }

  /// The event to append with the change.
  public func statusEvent(id: StatusEventID, by role: Role) -> StatusEvent {
    StatusEvent(
      id: id, aggregate: Entity.aggregateKind, uid: entity.etag.uid,
      version: entity.revision.version, type: event.rawValue,
      stateBefore: stateBefore?.rawValue, stateAfter: entity.state.rawValue,
      actorClass: ActorClass(role), time: entity.revision.updateTime)
  }
}

extension Aggregate {
  /// Refuses an event the present state does not have.
  func demand(_ event: Event) throws(Refusal) {
    guard event.sources.contains(state) else {
      throw Refusal.illegal(event.rawValue, in: "\(state)")
    }
  }

  /// Moves to `state`, counts the change, and says what to store.
  mutating func move(
    _ event: Event, to state: State, at now: Instant, orders: [Order] = []
  ) -> Change<Self> {
    let before = self.state
    self.state = state
    revision.advance(at: now)
    return Change(self, event, from: before, orders: orders)
  }

  /// The change that stores a new entity.
  func created(_ event: Event, orders: [Order] = []) -> Change<Self> {
    Change(self, event, from: nil, orders: orders)
  }
}
