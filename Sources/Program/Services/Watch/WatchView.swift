import Domain
import Protobuf
import SafeMobilityAPI
import Storage

/// What one subscriber sees of one kind of record: all of a watch that is the kind's own.
///
/// The rest is ``Watch``'s and the same for all: places and numbers, tokens, access asked again, the log.
protocol WatchView: Sendable {
  /// The records.
  associatedtype Record: Sendable
  /// The items of the stream.
  associatedtype Response: WatchStreamItem

  /// The aggregates whose events may tell of a change to such a record; three at most.
  static var kinds: Set<AggregateKind> { get }
  /// Whether the stream tells first what there is, and needs no list of another method's.
  static var listsFirst: Bool { get }
  /// What the request asks to see: what its tokens are bound to, besides the caller.
  var narrowing: [String] { get }

  /// Looks at what the request names, and tells the log when that is a case.
  func begin(_ work: inout Reading) throws
  /// What an event is to those who ask for such records; nil for nothing.
  ///
  /// The states before and after are the event's, so that it is the same whenever it is told.
  func change(
    by event: StatusEvent, to caller: Caller, in reader: any StoreReader
  ) throws -> WatchedChange<Record>?
  /// Whether the record is in a caller's reach at this instant.
  func reaches(_ record: Record, in reach: Reach) throws -> Bool
  /// Tells the log whose case the record belongs to; nothing for records of nobody.
  func concern(_ record: Record, in work: inout Reading) throws
  /// What a sight of a record shows, that is not removed: the record as the caller may see it.
  ///
  /// - Parameter event: what happened to it
  func message(
    for sight: WatchSight<Record>, by event: StatusEvent, in work: inout Reading
  ) throws -> Response.Resource
  /// What there is behind a place, of streams that list first. It may be too much: see
  /// ``listed(at:in:)``.
  func listing(
    behind place: ListedPlace, limit: Int, for caller: Caller, in reader: any StoreReader
  ) throws -> Page<ListedPlace>
  /// The record at a place of the list as it is now, with the event that has made it so; nil when it is
  /// no longer of the list.
  func listed(
    at place: ListedPlace, in reader: any StoreReader
  ) throws -> (event: StatusEvent, change: WatchedChange<Record>)?
}

extension WatchView {
  static var listsFirst: Bool { false }

  func listing(
    behind place: ListedPlace, limit: Int, for caller: Caller, in reader: any StoreReader
  ) throws -> Page<ListedPlace> { Page(items: [], hasMore: false) }

  func listed(
    at place: ListedPlace, in reader: any StoreReader
  ) throws -> (event: StatusEvent, change: WatchedChange<Record>)? { nil }
}

/// One change of a record, before it is asked who may see it.
struct WatchedChange<Record: Sendable>: Sendable {
  /// The record as it is now.
  var record: Record
  /// Its resource name. Of one that is REMOVED, nothing else is told.
  var name: String
  /// Its version by the change.
  var version: Version
  /// Whether the event is the record's own. Of another's, which has changed the record besides, nothing is told that
  /// would lead to it: not its id, nor who caused it.
  var isOwn = true
  /// Whether it was among what is asked for before the change.
  var wasSeen: Bool
  /// Whether it was after it.
  var isSeen: Bool
  /// Whether it went from one state to another.
  var isMove = false
  /// The state after, as the enum value's name; empty for a record without states.
  var stateName = ""
}

/// What a subscriber is told of one event.
struct WatchSight<Record: Sendable>: Sendable {
  /// What happened in the subscriber's eyes.
  var type: SafeMobility.EventType
  /// The change.
  var change: WatchedChange<Record>
  /// Whether it is one of what there was before the changes.
  var isListed = false
}

extension WatchView {
  /// What to tell of what a look has found, and by which event; nil for nothing.
  func sight(
    of item: FoundItem, to caller: Caller, told: ToldRecords, in reader: any StoreReader
  ) throws -> (event: StatusEvent, sight: WatchSight<Record>)? {
    switch item {
    case .event(let found):
      return try sight(of: found.event, to: caller, told: told, in: reader)
        .map { (found.event, $0) }
    case .listed(let place):
      guard let (event, change) = try listed(at: place, in: reader),
        try reaches(change.record, in: Reach(caller: caller, reader: reader))
      else { return nil }
      return (event, WatchSight(type: .created, change: change, isListed: true))
    }
  }

  /// What to tell of an event; nil for nothing.
  ///
  /// Access is that of the present. Once it has ended nothing tells the caller that the record goes on,
  /// but for one REMOVED of what this stream has told of, and one for the protection hold that has ended it.
  func sight(
    of event: StatusEvent, to caller: Caller, told: ToldRecords, in reader: any StoreReader
  ) throws -> WatchSight<Record>? {
    guard var change = try change(by: event, to: caller, in: reader) else { return nil }
    var reach = Reach(caller: caller, reader: reader)
    let turn = reach.isKeptOut ? HoldTurn(event) : nil
    if turn == .isSet { change.isSeen = false }
    if turn == .isLifted { change.wasSeen = false }
    let isTold = told.contains(change.name)
    // Who may see it is looked up only where there is something to tell.
    guard change.wasSeen || change.isSeen || isTold else { return nil }
    guard try reaches(change.record, in: reach) else {
      // Who has been away, or has it from a list, was not told of it by this stream, and must hear that it is gone.
      reach.ignoresHolds = true
      let isLost = try turn == .isSet && change.wasSeen && reaches(change.record, in: reach)
      return isTold || isLost ? WatchSight(type: .removed, change: change) : nil
    }
    return switch (change.wasSeen, change.isSeen) {
    case (false, false): nil
    case (false, true): WatchSight(type: .created, change: change)
    case (true, true): WatchSight(type: change.isMove ? .stateChanged : .updated, change: change)
    case (true, false): WatchSight(type: .removed, change: change)
    }
  }
}

/// What an event does to who may see a record, besides what has become of the record itself.
private enum HoldTurn {
  /// A protection hold hides it from all but the United Nations' staff from now on.
  case isSet
  /// And now no more.
  case isLifted

  /// - Returns: nil for most events
  init?(_ event: StatusEvent) {
    switch (event.aggregate, event.type) {
    case (.registration, Registration.Event.protect.rawValue),
      (.referral, Referral.Event.conceal.rawValue):
      self = .isSet
    case (.registration, Registration.Event.unprotect.rawValue),
      (.referral, Referral.Event.reveal.rawValue):
      self = .isLifted
    default: return nil
    }
  }
}

/// What a look of a stream finds.
enum FoundItem: Sendable {
  /// A change.
  case event(SequencedEvent)
  /// One of what there is.
  case listed(ListedPlace)
}

/// Of which records a stream has told, by name, so that it can take them back.
struct ToldRecords: Sendable {
  private var names: Set<String> = []
  private let countMax: Int

  init(countMax: Int) {
    self.countMax = countMax
  }

  func contains(_ name: String) -> Bool { names.contains(name) }

  /// Notes what a stream has told of a record.
  mutating func note(_ name: String, _ type: SafeMobility.EventType) {
    if type == .removed {
      names.remove(name)
    } else {
      // Over the limit one is forgotten, whichever: it only loses the notice of its removal.
      if names.count >= countMax, !names.contains(name) { names.removeFirst() }
      names.insert(name)
    }
  }
}
