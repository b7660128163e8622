import AuditProof
import Crypto
import Domain
import Storage

/// Where a subscriber stands: after so many events of its own, at a place of the feed of all.
struct ResumePlace: Hashable, Sendable {
  /// Every event up to and with this position of the feed has been told, or was not to be.
  var position: Int64
  /// The number of the last event told; 0 for none.
  var eventNumber: Int64
  /// How much of what there was at the beginning has been told; nil when all has, or none is to be. Until then
  /// `position` stays where it was.
  var listed: ListedPlace?
}

/// A place in the list of what there is, by the time of its creation.
struct ListedPlace: Hashable, Sendable {
  /// Before everything.
  static let start = ListedPlace(time: Instant(microseconds: 0), uid: "")

  var time: Instant
  var uid: String
}

/// What a resume token says, once opened.
struct ResumeToken: Hashable, Sendable {
  /// How many bytes it has before it is sealed: of one subscription always as many, so that its length tells
  /// nothing.
  private static let byteCount = 40
  /// How many a place in a list has besides: room for the longest uid.
  private static let listedByteCount = 8 + uidByteCount
  private static let uidByteCount = 32

  var place: ResumePlace
  /// What stands at that place.
  var mark: FeedMark
  /// The policy under which its holder saw what it saw.
  var epoch: PolicyEpoch
  /// When it was given.
  var issueTime: Instant
}

extension ResumeToken {
  /// - Parameter listsFirst: whether the subscription begins with a list
  fileprivate func bytes(listsFirst: Bool) -> [UInt8] {
    var numbers = [
      UInt64(bitPattern: place.position), UInt64(bitPattern: place.eventNumber), epoch.value,
      UInt64(bitPattern: issueTime.microseconds), mark.value,
    ]
    guard listsFirst else { return Self.bytes(of: numbers) }
    // No time is so long ago.
    numbers.append(UInt64(bitPattern: place.listed?.time.microseconds ?? .min))
    let uid = Array((place.listed?.uid ?? "").utf8.prefix(Self.uidByteCount))
    return Self.bytes(of: numbers) + uid
      + Array(repeating: 0, count: Self.uidByteCount - uid.count)
  }

  private static func bytes(of numbers: [UInt64]) -> [UInt8] {
    numbers.flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) } }
  }

  fileprivate init?(_ bytes: [UInt8], listsFirst: Bool) {
    guard bytes.count == Self.byteCount + (listsFirst ? Self.listedByteCount : 0) else {
      return nil
    }
    let numbers = (0..<(listsFirst ? 6 : 5)).map { index in
      bytes[(index * 8)..<(index * 8 + 8)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
    place = ResumePlace(
      position: Int64(bitPattern: numbers[0]), eventNumber: Int64(bitPattern: numbers[1]))
    epoch = PolicyEpoch(value: numbers[2])
    issueTime = Instant(microseconds: Int64(bitPattern: numbers[3]))
    mark = FeedMark(value: numbers[4])
    guard listsFirst, Int64(bitPattern: numbers[5]) != .min else { return }
    place.listed = ListedPlace(
      time: Instant(microseconds: Int64(bitPattern: numbers[5])),
      uid: String(decoding: bytes.suffix(Self.uidByteCount).prefix { $0 != 0 }, as: UTF8.self))
  }
}

/// Which event stands at a place of the feed, in short. A store that was restored has gone on from an earlier place, and
/// has others behind it: whoever had been told of those that are lost must list again.
struct FeedMark: Hashable, Sendable {
  /// A part of a digest; 0 for none.
  let value: UInt64

  fileprivate init(value: UInt64) { self.value = value }

  /// The mark of an event's place.
  init(_ event: StatusEventID) {
    value = Hash.sha256(event.rawValue).bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The mark of a place, as the store has it.
  init(of position: Int64, in reader: any StoreReader) throws {
    let found = try reader.statusEvents(after: position - 1, limit: 1).items.first
    guard let found, found.position == position else {
      self = Self.nothing
      return
    }
    self.init(found.event.id)
  }

  /// Of a place at which there is no event.
  static let nothing = FeedMark(value: 0)
}

/// What decides which records a partner may see, in short: under another one, what was seen before and
/// what comes after do not belong together, and only a list helps.
struct PolicyEpoch: Hashable, Sendable {
  /// A part of a digest.
  let value: UInt64

  fileprivate init(value: UInt64) { self.value = value }

  /// As page tokens carry it along.
  var text: String { String(value) }

  /// Reads ``text`` back; nil for any other.
  init?(text: String) {
    guard let value = UInt64(text) else { return nil }
    self.value = value
  }

  /// The epoch of this build's policy for a partner as its record is now.
  init(_ partner: Partner) {
    let purposes = partner.purposes.map(\.name).sorted()
    let text = [AuditTrail.policyVersion, partner.kind.rawValue.description] + purposes
    value = Hash.sha256(text.joined(separator: "\u{0}")).bytes.prefix(8)
      .reduce(0) { $0 << 8 | UInt64($1) }
  }
}

/// Makes and opens the resume tokens of one subscription: a method, a partner in a role and for a purpose,
/// and what it asked to see. They open for no other, tell their holder nothing, and grant nothing.
///
/// The person is not part of it: whoever does a colleague's shift goes on where that one was.
struct ResumeTokens: Sendable {
  private let context: Digest
  private let seal: Seal
  private let listsFirst: Bool

  /// - Parameters:
  ///   - filter: everything else that narrows the subscription
  ///   - listsFirst: whether its stream begins with a list
  init(
    of method: String, for caller: Caller, filter: [String], listsFirst: Bool = false,
    secrets: Secrets
  ) {
    self.listsFirst = listsFirst
    let parts = [
      method, caller.partner.rawValue, caller.role.name, caller.purpose?.name ?? "",
    ]
    context = Hash.sha256((parts + filter).joined(separator: "\u{0}"))
    seal = secrets.resumeSeal(for: context)
  }

  /// The token for a place.
  func text(of token: ResumeToken) -> String {
    Hexadecimal.text(of: seal.seal(token.bytes(listsFirst: listsFirst), for: context))
  }

  /// What a token says.
  ///
  /// - Throws: FIELD_INVALID for one that this subscription was not given
  func open(_ text: String) throws(Refusal) -> ResumeToken {
    guard let sealed = Hexadecimal.bytes(of: text),
      let token = seal.open(sealed, for: context).flatMap({
        ResumeToken($0, listsFirst: listsFirst)
      })
    else {
      throw Refusal.field(
        "resume_token",
        "must be one that this partner was given for this same subscription")
    }
    return token
  }
}
