import AuditProof
import Domain
import Storage

/// Which page of a list a request asks for (AIP-158).
///
/// A token is the key of the last item, sealed for the caller, the method and the filter: it tells
/// its holder nothing, grants nothing, and opens for nobody else and for no other list.
struct PageRequest {
  /// The page size when the caller asks for none.
  static let defaultSize = 50
  /// The most items of a page; the schema refuses more.
  static let sizeMax = 1_000

  /// How many items to give, 1 or more.
  let limit: Int
  /// The parts of the key of the last item of the page before; nil for the first page.
  let key: [String]?
  private let context: Digest
  private let seal: Seal

  /// - Throws: FIELD_INVALID for a token that this list did not give this caller
  init(
    size: Int32, token: String, filter: Digest, trail: AuditTrail, seal: Seal
  ) throws(Refusal) {
    limit = size == 0 ? Self.defaultSize : min(max(Int(size), 1), Self.sizeMax)
    let actor = trail.caller.actor
    context = Hash.sha256(
      [trail.method, actor.partner.rawValue, actor.role.name, actor.user ?? "", "\(filter)"]
        .joined(separator: "\u{0}"))
    self.seal = seal
    guard !token.isEmpty else {
      key = nil
      return
    }
    guard let sealed = Hexadecimal.bytes(of: token), let bytes = seal.open(sealed, for: context)
    else { throw Refusal.field("page_token", "must be the next_page_token of this same list") }
    key = bytes.split(separator: 0, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// The token for what follows the item with this key.
  func token(after key: [String]) -> String {
    Hexadecimal.text(of: seal.seal(Array(key.joined(separator: "\u{0}").utf8), for: context))
  }
}

extension PageRequest {
  /// The id to go on after, in lists ordered by id.
  func id<ID: Identifier>(_ type: ID.Type = ID.self) -> ID? {
    key?.first.flatMap { ID(rawValue: $0) }
  }

  /// The place to go on after, in lists ordered by time.
  func timeKey<ID: Identifier>(_ type: ID.Type = ID.self) -> TimeKey<ID>? {
    guard let key, key.count >= 2, let microseconds = Int64(key[0]), let id = ID(rawValue: key[1])
    else { return nil }
    return TimeKey(Instant(microseconds: microseconds), id)
  }

  /// The `next_page_token` after a page ordered by id; empty when there is no more.
  func nextToken<Item>(_ page: Page<Item>, id: (Item) -> some Identifier) -> String {
    guard page.hasMore, let last = page.items.last else { return "" }
    return token(after: [id(last).rawValue])
  }

  /// The `next_page_token` after a page ordered by time; empty when there is no more.
  ///
  /// - Parameter beside: what to carry from page to page besides, see ``beside``
  func nextToken<Item, ID: Identifier>(
    _ page: Page<Item>, beside: [String] = [], key: (Item) -> TimeKey<ID>
  ) -> String {
    guard page.hasMore, let last = page.items.last else { return "" }
    let place = key(last)
    return token(after: [String(place.time.microseconds), place.id.rawValue] + beside)
  }

  /// What the page before has given along, in lists ordered by time; nil on the first page.
  var beside: [String]? { key.map { Array($0.dropFirst(2)) } }

  /// The page of a list that is short enough to be at hand, ordered by id.
  func page<Item, ID: Identifier>(of items: [Item], id: (Item) -> ID) -> Page<Item> {
    let key: ID? = self.id()
    return Page(found: items.filter { item in key.map { $0 < id(item) } ?? true }, limit: limit)
  }
}

extension Reading {
  /// The page asked for.
  ///
  /// - Parameters:
  ///   - size: the request's `page_size`, 0 for the default
  ///   - token: its `page_token`, empty for the first page
  ///   - filter: the digest of everything else it asks for
  /// - Throws: FIELD_INVALID for a token that this list did not give this caller
  func page(_ size: Int32, token: String, filter: Digest) throws(Refusal) -> PageRequest {
    try PageRequest(size: size, token: token, filter: filter, trail: trail, seal: seal)
  }

  /// The page asked for, of a list that everything in `filter` narrows.
  func page(_ size: Int32, token: String, filter: [String] = []) throws(Refusal) -> PageRequest {
    try page(size, token: token, filter: Hash.sha256(filter.joined(separator: "\u{0}")))
  }
}
