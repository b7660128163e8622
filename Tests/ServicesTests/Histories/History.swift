import Domain
import Foundation
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import StoreSamples

/// A world in which a seed decides what is called next.
///
/// Two histories of one seed make the same calls as long as they get the same answers, whatever their ids are.
final class History {
  let world: World
  var random: SeededRandom
  /// What answers have told of, by resource name.
  var resources: [String: [String: Any]] = [:]
  /// The names by kind, such as `registrations/persons`, in the order of first appearance.
  var names: [String: [String]] = [:]
  /// Every etag that a resource has had.
  var etags: [String: [String]] = [:]
  /// Slots of an interview and of counselling, the earliest first.
  var slots: [(interview: String, counselling: String)] = []
  /// What was worked on last, by kind and states.
  private var focus: [String: String] = [:]
  /// Calls that can be made again just as they were.
  var past: [@Sendable () async -> Outcome] = []
  /// Where lists go on.
  var pageTokens: [String: String] = [:]
  var canonical = CanonicalAnswer()

  /// What came of a call.
  enum Outcome: Sendable {
    case answer(String)
    case refusal(String)
  }

  init(_ kind: World.StoreKind, seed: UInt64) async throws {
    world = try await World(kind)
    random = SeededRandom(seed: seed)
    _ = try await world.openWindow(quota: 12)
    _ = await listWindows()
    try await seedHouseholds()
    try await seedSlots()
    await seedConsents()
    isBegun = true
  }

  private var isBegun = false

  // MARK: Chance

  func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  func chance(_ percent: Int) -> Bool { int(1...100) <= percent }

  func one<T>(of list: [T]) -> T? { list.randomElement(using: &random) }

  /// A `request_id` that is the same in every world.
  func requestID() -> String {
    let digits = (0..<32).map { _ in "0123456789abcdef".randomElement(using: &random) ?? "0" }
    let text = String(digits)
    func part(_ from: Int, _ to: Int) -> Substring { text.prefix(to).dropFirst(from) }
    return "\(part(0, 8))-\(part(8, 12))-4\(part(13, 16))-8\(part(17, 20))-\(part(20, 32))"
  }

  // MARK: What is known

  /// Any known resource of a kind.
  func any(_ kind: String) -> String { one(of: names[kind] ?? []) ?? "\(kind)/none" }

  /// A resource of a kind in a state, or, where there is none and once in a while, any.
  func any(_ kind: String, in states: [String]) -> String {
    let all = names[kind] ?? []
    let fitting = all.filter { name in states.contains { state(of: name).hasSuffix($0) } }
    return (chance(5) ? nil : one(of: fitting)) ?? any(kind)
  }

  /// A resource of a kind in a state, mostly the one that was worked on last: so that some come to their end.
  func ongoing(_ kind: String, in states: [String]) -> String {
    let fitting = (names[kind] ?? []).filter { name in
      states.contains { state(of: name).hasSuffix($0) }
    }
    let work = "\(kind) \(states)"
    if let last = focus[work], fitting.contains(last), chance(80) { return last }
    let next = any(kind, in: states)
    focus[work] = next
    return next
  }

  func state(of name: String) -> String { resources[name]?["state"] as? String ?? "" }

  func text(_ name: String, _ field: String) -> String { resources[name]?[field] as? String ?? "" }

  /// The last known etag; once in a while an old one, or none.
  func etag(of name: String) -> String {
    let known = etags[name] ?? []
    if chance(4) { return known.first ?? "" }
    return chance(1) ? "" : known.last ?? ""
  }

  /// Everybody in a registration, the principal first.
  func persons(of registration: String) -> [String] {
    let members = resources[registration]?["members"] as? [[String: Any]] ?? []
    return [text(registration, "principal")] + members.compactMap { $0["person"] as? String }
  }

  /// Takes in what an answer tells.
  func learn(_ value: Any) {
    if let list = value as? [Any] { list.forEach(learn) }
    guard let object = value as? [String: Any] else { return }
    if let name = object["name"] as? String, name.contains("/") {
      let parts = name.split(separator: "/")
      let kind = stride(from: 0, to: parts.count, by: 2).map { parts[$0] }.joined(separator: "/")
      if resources[name] == nil { names[kind, default: []].append(name) }
      resources[name, default: [:]].merge(object) { $1 }
      if let etag = object["etag"] as? String, etags[name]?.last != etag {
        etags[name, default: []].append(etag)
      }
    }
    for key in object.keys.sorted() { learn(object[key] ?? "") }
  }

  // MARK: Calls

  /// Makes a call, and takes in its answer.
  ///
  /// - Returns: who called what, and what came of it, without what is random
  func call<Request: Message, Response: Message>(
    _ identity: String, _ request: Request, pagesOf list: String? = nil,
    _ method: @escaping @Sendable (WorldCaller, Request) async throws(RPCError) -> Response
  ) async -> String {
    // Sometimes somebody calls who may not.
    let identity = chance(isBegun ? 3 : 0) ? one(of: Self.others) ?? identity : identity
    let caller = caller(identity)
    let attempt: @Sendable () async -> Outcome = {
      do throws(RPCError) {
        let answer = try await method(caller, request)
        return .answer((try? answer.jsonString()) ?? "no JSON")
      } catch {
        return .refusal("\(Refused(error).map { "\($0)" } ?? error.code.name): \(error.message)")
      }
    }
    past.append(attempt)
    return "\(identity) \(Request.self): \(take(await attempt(), pagesOf: list))"
  }

  /// Makes an earlier call again, as a client does that has had no answer.
  func repeatCall() async -> String {
    guard let call = one(of: past.suffix(15)) else { return "nothing to repeat" }
    return "again: \(take(await call()))"
  }

  private func take(_ outcome: Outcome, pagesOf list: String? = nil) -> String {
    switch outcome {
    case .answer(let json):
      guard let value = try? JSONSerialization.jsonObject(with: Data(json.utf8)) else {
        return json
      }
      let ordered = canonical.ordered(value)
      learn(ordered)
      if let list { pageTokens[list] = (value as? [String: Any])?["nextPageToken"] as? String }
      return canonical.text(ordered)
    case .refusal(let text): return canonical.plain(text)
    }
  }

  private func caller(_ identity: String) -> WorldCaller {
    let parts = identity.split(separator: ":").map(String.init)
    if parts.count == 2 { return world.caller(parts[0], user: parts[1]) }
    if identity.hasSuffix("/PROGRAM_ADMIN") {
      return world.caller(identity, purpose: "PROGRAM_ADMINISTRATION")
    }
    return world.caller(identity)
  }

  private static let others = [
    "iom/FRONT_DESK", "iom/SCREENER", "unhcr/CASEWORKER", "us-rsc/PARTNER_OFFICER",
    "gt-mintrab/PARTNER_OFFICER", "ca-gov/PARTNER_OFFICER", "iom/APPLICANT:juan", "iom/SUPERVISOR",
    "unhcr/REVIEWER",
  ]
}
