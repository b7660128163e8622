/// How a call ended, as the seventeen codes every gRPC implementation shares.
///
/// Source: gRPC `doc/statuscodes.md`. A struct rather than an enum, so that a newer peer's code is
/// still a value: it counts as ``unknown`` and keeps its number in ``wireValue``.
public struct StatusCode: Sendable {
  /// The code as this library understands it, 0…16.
  public var rawValue: Int { Int(known) }

  /// The number that stood on the wire; differs from ``rawValue`` only for codes above 16.
  public let wireValue: Int

  private let known: UInt8

  /// A number from 0 to 16 is its code; any other is ``unknown`` and is kept in ``wireValue``.
  public init(rawValue: Int) {
    self.wireValue = rawValue
    self.known = (0...16).contains(rawValue) ? UInt8(rawValue) : 2
  }

  /// The call did what it promised.
  public static let ok = StatusCode(rawValue: 0)
  /// Somebody, usually the caller, gave the call up.
  public static let cancelled = StatusCode(rawValue: 1)
  /// The cause is not known, or not told.
  public static let unknown = StatusCode(rawValue: 2)
  /// The request is wrong whatever the state of the system.
  public static let invalidArgument = StatusCode(rawValue: 3)
  /// The time allowed ran out; the work may have been done all the same.
  public static let deadlineExceeded = StatusCode(rawValue: 4)
  /// The thing asked for does not exist.
  public static let notFound = StatusCode(rawValue: 5)
  /// The thing to be created exists already.
  public static let alreadyExists = StatusCode(rawValue: 6)
  /// The caller is known and may not do this.
  public static let permissionDenied = StatusCode(rawValue: 7)
  /// A quota, a limit or a store is used up.
  public static let resourceExhausted = StatusCode(rawValue: 8)
  /// The system's state forbids this; retrying alone will not help.
  public static let failedPrecondition = StatusCode(rawValue: 9)
  /// A concurrent change got in the way; read again and retry.
  public static let aborted = StatusCode(rawValue: 10)
  /// The request runs past the end of what exists.
  public static let outOfRange = StatusCode(rawValue: 11)
  /// There is no such method, or it is not built yet.
  public static let unimplemented = StatusCode(rawValue: 12)
  /// An invariant broke, or a peer broke the protocol.
  public static let `internal` = StatusCode(rawValue: 13)
  /// The service cannot be reached now; retry with backoff.
  public static let unavailable = StatusCode(rawValue: 14)
  /// Data is gone or corrupt beyond repair.
  public static let dataLoss = StatusCode(rawValue: 15)
  /// The caller is not, or not validly, identified.
  public static let unauthenticated = StatusCode(rawValue: 16)

  /// The code's name in upper case, as `google.rpc.Code` spells it: "FAILED_PRECONDITION".
  public var name: String { Self.names[Int(known)] }

  private static let names = [
    "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND",
    "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED",
    "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
  ]
}

extension StatusCode: Hashable {
  /// Codes are equal by meaning: 17 from a newer peer equals ``unknown``.
  public static func == (left: StatusCode, right: StatusCode) -> Bool { left.known == right.known }

  /// Consistent with `==`: only the meaning is hashed.
  public func hash(into hasher: inout Hasher) { hasher.combine(known) }
}

extension StatusCode: CustomStringConvertible {
  /// The name, with the wire's number where the two disagree: "UNKNOWN(17)".
  public var description: String { wireValue == rawValue ? name : "\(name)(\(wireValue))" }
}
