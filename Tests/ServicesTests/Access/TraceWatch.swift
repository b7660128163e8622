import Domain
import RPCCore
import ServiceFixture
import Storage
import Synchronization

/// Stands before every handler of a world and looks at the whole store before and after each change: whether what has
/// changed there, the feed and the log agree (INV-9). Calls must come one after the other.
final class TraceWatch: ServerInterceptor {
  /// The methods of calls that have changed something, of those that were refused, and what was wrong.
  struct Seen: Sendable {
    var changed: Set<String> = []
    var refused: Set<String> = []
    /// Where store, feed and log did not agree.
    var problems: [String] = []
  }

  private let store: any Store
  private let methods: Set<String>
  private let tally: Tally

  /// Where several worlds' watches count together.
  final class Tally: Sendable {
    private let seen = Mutex(Seen())
    var all: Seen { seen.withLock { $0 } }
    func note(_ change: (inout Seen) -> Void) { seen.withLock { change(&$0) } }
  }

  /// - Parameter methods: the full names of those that change something
  init(_ store: any Store, _ methods: Set<String>, _ tally: Tally) {
    self.store = store
    self.methods = methods
    self.tally = tally
  }

  func intercept(
    request: [UInt8], call: ServerCall, next: MethodHandler.Unary
  ) async throws -> [UInt8] {
    let method = call.method.fullName
    guard methods.contains(method) else { return try await next(request, call) }
    let before = try await StoreVersions(store)
    let answer: [UInt8]
    do {
      answer = try await next(request, call)
    } catch {
      try await checkRefusal(since: before, method)
      tally.note { $0.refused.insert(method) }
      throw error
    }
    if try await checkTrace(since: before, method) {
      tally.note { $0.changed.insert(method) }
    }
    return answer
  }

  func intercept(
    requests: RawRequests, responses: RawResponses, call: ServerCall,
    next: MethodHandler.Streaming
  ) async throws { try await next(requests, responses, call) }

  /// A search for duplicates may find nothing new, and its entry is about the case that it names: what it writes down of
  /// others is no change of that.
  private static let searches: Set = ["safemobility.v1.ApplicantService/FindDuplicates"]
  /// What a call does to appointments and holds of many cases has an entry under each, and one for the rest.
  private static let sweeps: Set = ["safemobility.v1.OfficeService/BlockSlots"]

  /// Of each resource that has changed one event for each version, which begins in the state where the one before
  /// ended, and entries that say what was changed.
  ///
  /// - Returns: whether anything was
  private func checkTrace(since before: StoreVersions, _ method: String) async throws -> Bool {
    let after = try await StoreVersions(store)
    var told: [StoreVersions.Resource: [Int64]] = [:]
    for event in after.events.dropFirst(before.events.count) {
      told[.init(event), default: []].append(event.version.rawValue)
    }
    for event in after.events.breaks {
      expect(false, "\(method): \(event.type) of \(event.aggregate) does not begin where it stood")
    }
    let made = after.changes(since: before).mapValues { Array($0) }
    expect(told == made, "\(method): the feed tells of \(told), and changed are \(made)")
    expect(!made.isEmpty || Self.searches.contains(method), "\(method) has changed nothing")
    let entries = after.entries.dropFirst(before.entries.count)
    expect(entries.allSatisfy { $0.verdict == .allow }, "\(method): not all was allowed")
    let changes = entries.filter { $0.versionAfter != nil }
    // One is the call's own; what it makes the server do for others, such as offering them the seats, has its own too.
    let own = changes.filter { $0.method == method }
    let records = made.filter { [.registration, .referral].contains($0.key.kind) }
    let isTold =
      (max(1, records.count)...records.count + 1).contains(own.count)
      || own.count == records.count && Self.searches.contains(method)
      || own.count > 1 && Self.sweeps.contains(method)
    expect(isTold, "\(method): \(own.count) entries of \(records)")
    // Of a case or a referral it is under its own pseudonym, whatever the call is about.
    for (record, versions) in records {
      let entries = changes.filter { entry in
        let id = record.kind == .referral ? entry.subject?.referral?.rawValue : nil
        return (id ?? entry.subject?.registration.rawValue) == record.uid
          && entry.casePseudonym != nil && entry.versionAfter?.rawValue == versions.last
      }
      expect(!entries.isEmpty, "\(method): no entry says what became of \(record)")
    }
    for entry in changes {
      let (first, last) = ((entry.versionBefore?.rawValue ?? 0) + 1, entry.versionAfter?.rawValue)
      let isMade = made.values.contains { $0.last == last && $0.contains(first) }
      expect(isMade, "\(entry.method): the log says \(first) to \(last ?? 0) of \(made)")
    }
    return !made.isEmpty
  }

  /// Nothing has changed, nothing is told, and the log says that it was refused.
  private func checkRefusal(since before: StoreVersions, _ method: String) async throws {
    let after = try await StoreVersions(store)
    expect(after.versions == before.versions, "\(method) was refused and has changed something")
    expect(after.events == before.events, "\(method) was refused and the feed tells of it")
    let entries = after.entries.dropFirst(before.entries.count)
    expect(entries.count == 1, "\(method) was refused with \(entries.count) entries")
    expect(
      entries.allSatisfy {
        $0.method == method && $0.verdict != .allow && $0.versionAfter == nil
      }, "\(method): the entry is of no refusal")
  }

  /// Noted, because a handler's task is no test's.
  private func expect(_ isSo: Bool, _ problem: @autoclosure () -> String) {
    guard !isSo else { return }
    let text = problem()
    tally.note { $0.problems.append(text) }
  }
}

extension [StatusEvent] {
  /// Those that do not begin in the state in which the event of the version before has left the resource.
  fileprivate var breaks: [StatusEvent] {
    var last: [StoreVersions.Resource: StatusEvent] = [:]
    return filter { event in
      let earlier = last.updateValue(event, forKey: .init(event))
      // What a test has put into the store has no events of its own.
      guard let earlier, earlier.version.next == event.version else { return false }
      return event.stateBefore != earlier.stateAfter
    }
  }
}
