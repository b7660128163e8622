// The ids of the domain, one type each, so that none can be given for another.

/// The id of a registration: one principal and household.
public struct RegistrationID: RandomIdentifier {
  /// 27 characters; see ``RandomIdentifier``.
  public let rawValue: String

  /// Unchecked; see ``RandomIdentifier``.
  public init(checked rawValue: String) { self.rawValue = rawValue }
}

/// The id of a person of a registration; also the id of the cluster of records of one human being.
public struct PersonID: RandomIdentifier {
  /// 27 characters; see ``RandomIdentifier``.
  public let rawValue: String

  /// Unchecked; see ``RandomIdentifier``.
  public init(checked rawValue: String) { self.rawValue = rawValue }
}

/// The id of an identity document.
public struct DocumentID: RandomIdentifier {
  /// 27 characters; see ``RandomIdentifier``.
  public let rawValue: String

  /// Unchecked; see ``RandomIdentifier``.
  public init(checked rawValue: String) { self.rawValue = rawValue }
}

/// The id of a consent.
public struct ConsentID: RandomIdentifier {
  /// 27 characters; see ``RandomIdentifier``.
  public let rawValue: String

  /// Unchecked; see ``RandomIdentifier``.
  public init(checked rawValue: String) { self.rawValue = rawValue }
}

/// The id of a slot.
public struct SlotID: RandomIdentifier {
  /// 27 characters; see ``RandomIdentifier``.
  public let rawValue: String

  /// Unchecked; see ``RandomIdentifier``.
  public init(checked rawValue: String) { self.rawValue = rawValue }
}

/// The id of a hold on seats.
public struct HoldID: RandomIdentifier {
  /// 27 characters; see ``RandomIdentifier``.
  public let rawValue: String

  /// Unchecked; see ``RandomIdentifier``.
  public init(checked rawValue: String) { self.rawValue = rawValue }
}

/// The id of a place on a waitlist.
public struct WaitlistEntryID: RandomIdentifier {
  /// 27 characters; see ``RandomIdentifier``.
  public let rawValue: String

  /// Unchecked; see ``RandomIdentifier``.
  public init(checked rawValue: String) { self.rawValue = rawValue }
}

/// The id of an appointment.
public struct AppointmentID: RandomIdentifier {
  /// 27 characters; see ``RandomIdentifier``.
  public let rawValue: String

  /// Unchecked; see ``RandomIdentifier``.
  public init(checked rawValue: String) { self.rawValue = rawValue }
}

/// The id of a referral.
public struct ReferralID: RandomIdentifier {
  /// 27 characters; see ``RandomIdentifier``.
  public let rawValue: String

  /// Unchecked; see ``RandomIdentifier``.
  public init(checked rawValue: String) { self.rawValue = rawValue }
}

/// The id of a decision.
public struct DecisionID: RandomIdentifier {
  /// 27 characters; see ``RandomIdentifier``.
  public let rawValue: String

  /// Unchecked; see ``RandomIdentifier``.
  public init(checked rawValue: String) { self.rawValue = rawValue }
}

/// The id of a pair of persons who may be one.
public struct DuplicateCandidateID: RandomIdentifier {
  /// 27 characters; see ``RandomIdentifier``.
  public let rawValue: String

  /// Unchecked; see ``RandomIdentifier``.
  public init(checked rawValue: String) { self.rawValue = rawValue }
}

/// The id of a two-person move waiting for its second person.
public struct PendingApprovalID: RandomIdentifier {
  /// 27 characters; see ``RandomIdentifier``.
  public let rawValue: String

  /// Unchecked; see ``RandomIdentifier``.
  public init(checked rawValue: String) { self.rawValue = rawValue }
}

/// The id of an audit entry.
public struct AuditEntryID: RandomIdentifier {
  /// 27 characters; see ``RandomIdentifier``.
  public let rawValue: String

  /// Unchecked; see ``RandomIdentifier``.
  public init(checked rawValue: String) { self.rawValue = rawValue }
}

/// The id of a status event.
public struct StatusEventID: RandomIdentifier {
  /// 27 characters; see ``RandomIdentifier``.
  public let rawValue: String

  /// Unchecked; see ``RandomIdentifier``.
  public init(checked rawValue: String) { self.rawValue = rawValue }
}

/// The server's own id of something public that has a chosen id besides.
public struct ResourceUID: RandomIdentifier {
  /// 27 characters; see ``RandomIdentifier``.
  public let rawValue: String

  /// Unchecked; see ``RandomIdentifier``.
  public init(checked rawValue: String) { self.rawValue = rawValue }

  /// An id made from a name that is never given twice, for reference data that is never stored:
  /// two FNV-1a hashes of it (from draft-eastlake-fnv), the second over the name backwards.
  init(derivedFrom name: String) {
    var bits = FowlerNollVo(forward: name)
    self.init(using: &bits)
  }

  private struct FowlerNollVo: RandomNumberGenerator {
    private var words: [UInt64]

    init(forward name: String) {
      words = [Self.hash(name.utf8.reversed()), Self.hash(Array(name.utf8))]
    }

    mutating func next() -> UInt64 { words.popLast() ?? 0 }

    private static func hash(_ bytes: [UInt8]) -> UInt64 {
      bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
  }
}

/// The id of a program: `gt-pilot-2023`.
public struct ProgramID: SlugIdentifier {
  /// A slug; see ``SlugIdentifier``.
  public let rawValue: String

  /// Unchecked; see ``SlugIdentifier``.
  public init(checked rawValue: String) { self.rawValue = rawValue }
}

/// The id of an office: `gt-xel-01`.
public struct OfficeID: SlugIdentifier {
  /// A slug; see ``SlugIdentifier``.
  public let rawValue: String

  /// Unchecked; see ``SlugIdentifier``.
  public init(checked rawValue: String) { self.rawValue = rawValue }
}

/// The id of a partner: `us-rsc`.
public struct PartnerID: SlugIdentifier {
  /// A slug; see ``SlugIdentifier``.
  public let rawValue: String

  /// Unchecked; see ``SlugIdentifier``.
  public init(checked rawValue: String) { self.rawValue = rawValue }
}

/// The id of an intake window inside its program: `gt-pilot-2023/2023-06-12`.
public struct IntakeWindowID: PairIdentifier {
  /// Two slugs; see ``PairIdentifier``.
  public let rawValue: String

  /// Unchecked; see ``PairIdentifier``.
  public init(checked rawValue: String) { self.rawValue = rawValue }

  /// The id of `code` inside its program; `nil` unless `code` is a slug.
  public init?(program: ProgramID, code: String) { self.init(rawValue: "\(program)/\(code)") }

  /// The program it belongs to.
  public var program: ProgramID { ProgramID(checked: parentText) }
}

/// The id of a service inside its office: `gt-xel-01/interview`.
public struct ServiceOfferID: PairIdentifier {
  /// Two slugs; see ``PairIdentifier``.
  public let rawValue: String

  /// Unchecked; see ``PairIdentifier``.
  public init(checked rawValue: String) { self.rawValue = rawValue }

  /// The id of `code` inside its office; `nil` unless `code` is a slug.
  public init?(office: OfficeID, code: String) { self.init(rawValue: "\(office)/\(code)") }

  /// The office it belongs to.
  public var office: OfficeID { OfficeID(checked: parentText) }
}

/// The id of a schedule inside its office: `gt-xel-01/mornings`.
public struct ScheduleID: PairIdentifier {
  /// Two slugs; see ``PairIdentifier``.
  public let rawValue: String

  /// Unchecked; see ``PairIdentifier``.
  public init(checked rawValue: String) { self.rawValue = rawValue }

  /// The id of `code` inside its office; `nil` unless `code` is a slug.
  public init?(office: OfficeID, code: String) { self.init(rawValue: "\(office)/\(code)") }

  /// The office it belongs to.
  public var office: OfficeID { OfficeID(checked: parentText) }
}

/// The code of a pathway: `USRAP`, `US-H2A`; 1 … 32 characters of `A-Z 0-9 -`.
public struct PathwayID: Identifier {
  /// The code.
  public let rawValue: String

  /// `nil` when the text breaks the rule.
  public init?(rawValue: String) {
    guard (1...32).contains(rawValue.utf8.count), SlugText.isSlug(rawValue.lowercased()[...]),
      rawValue == rawValue.uppercased()
    else { return nil }
    self.rawValue = rawValue
  }

  /// Unchecked, for the codes written in this module.
  init(checked rawValue: String) { self.rawValue = rawValue }
}
