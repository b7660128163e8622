/// Why access was denied: what the audit log keeps beside the one answer that every denial gets.
public enum Denial: String, CaseIterable, Sendable {
  /// The name has not the form of the resource's names.
  case malformedName = "no such name"
  /// Nothing has that name.
  case absent = "no such resource"
  /// It exists, but not under the parent that the name gives it.
  case otherParent = "the resource has another parent"
  /// It exists, and the caller does not reach it.
  case outOfReach = "the caller does not reach the resource"
  /// The partner has no certificate for the role.
  case identityUnknown = "the role is on no record of the partner"
  /// The method is not open to the caller's role.
  case roleNotAdmitted = "the method is not open to the role"
  /// The role may be the second person of a move, and there is no first one.
  case secondPersonOnly = "the role may only be the second person"
  /// The method is not open for the purpose.
  case purposeNotAdmitted = "the method is not open for the purpose"
  /// Consent, state or profile let nothing of the record through any more.
  case nothingReleased = "nothing of the record is released"
  /// The home country's bodies do not learn who may need protection from it.
  case homeGovernment = "the question is not open to the home government"
  /// A government's administrator does not change what a body of the other one proves itself by.
  case otherGovernment = "the partner is a body of the other government"
  /// Only the United Nations' staff hide a case, and show it again.
  case notUnitedNations = "the method is the United Nations' staff's"
  /// The referral was sent to another partner.
  case notReceiver = "the referral is another partner's"
}
