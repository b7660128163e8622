/// How often a resource has changed: 1 when created, one more with every change (INV-9).
public struct Version: RawRepresentable, Hashable, Sendable, Comparable, Codable {
  /// 1 or more.
  public let rawValue: Int64

  /// The version of a resource just created.
  public static let first = Version(known: 1)

  private init(known rawValue: Int64) {
    self.rawValue = rawValue
  }

  /// `nil` below 1.
  public init?(rawValue: Int64) {
    guard rawValue >= 1 else { return nil }
    self.rawValue = rawValue
  }

  /// One more.
  public var next: Version { Version(known: rawValue + 1) }

  /// Fewer changes first.
  public static func < (lhs: Version, rhs: Version) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// What every resource carries about its own changes.
public struct Revision: Hashable, Sendable, Codable {
  /// The number of changes, the creation included.
  public private(set) var version: Version
  /// When it was created.
  public let createTime: Instant
  /// When it last changed; never before ``createTime``.
  public private(set) var updateTime: Instant

  /// The revision of a resource created at `now`.
  public init(createdAt now: Instant) {
    version = .first
    createTime = now
    updateTime = now
  }

  /// A stored revision, as read back.
  public init(version: Version, createTime: Instant, updateTime: Instant) {
    self.version = version
    self.createTime = createTime
    self.updateTime = updateTime
  }

  /// Counts one change made at `now`. A clock that steps back does not take the time back.
  public mutating func advance(at now: Instant) {
    version = version.next
    updateTime = max(updateTime, now)
  }
}

/// The entity tag of one version of one resource, a strong one in the sense of RFC 9110 § 8.8.3.
///
/// Its text is `"<uid>.<version>"` with the quotes. The uid makes a tag useless on any other
/// resource; the version is what storage compares. Clients treat it as opaque.
public struct Etag: Hashable, Sendable {
  /// The uid of the resource.
  public let uid: String
  /// The version it had.
  public let version: Version

  /// The tag of a resource at a version. `uid` holds no quote and no dot.
  public init(uid: String, version: Version) {
    self.uid = uid
    self.version = version
  }

  /// Reads ``text``; `nil` for anything else, weak tags (`W/"…"`) and `*` included.
  public init?(text: String) {
    guard text.utf8.count <= 160, text.hasPrefix("\""), text.hasSuffix("\"") else { return nil }
    let inner = text.dropFirst().dropLast()
    guard let dot = inner.lastIndex(of: "."), dot > inner.startIndex,
      let number = Int64(inner[inner.index(after: dot)...]), let version = Version(rawValue: number)
    else { return nil }
    self.init(uid: String(inner[..<dot]), version: version)
    // One spelling per tag: `"x.+1"` and `"x.01"` name no version we ever sent.
    guard self.text == text else { return nil }
  }

  /// The tag as sent, quotes included.
  public var text: String { "\"\(uid).\(version.rawValue)\"" }
}

extension Etag: Codable {
  /// A single string, the ``text``.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let etag = Etag(text: try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an etag")
    }
    self = etag
  }

  /// A single string, the ``text``.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
