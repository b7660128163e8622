public import Domain

/// Reads consents.
public protocol ConsentReader {
  /// The consent of that id.
  func consent(_ id: ConsentID) throws -> Consent?
  /// A registration's consents in the order they were proposed; a household has few.
  func consents(of registration: RegistrationID) throws -> [Consent]
  /// A person's consents to one recipient for one purpose, newest first, in every state: whether
  /// one is active at an instant is `Consent.isActive(at:)`.
  func consents(
    of person: PersonID, recipient: PartnerID, purpose: Purpose
  ) throws -> [Consent]
}

/// Changes consents.
public protocol ConsentWriter {
  /// Adds a consent.
  func insert(_ consent: Consent) throws
  /// Replaces a consent the caller read at `version`.
  func update(_ consent: Consent, from version: Version) throws
}
