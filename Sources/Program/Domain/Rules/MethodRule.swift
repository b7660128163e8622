/// Who may call one method, in the words of the domain: what the schema says of it.
public struct MethodRule: Hashable, Sendable {
  /// The roles that may call it.
  public let roles: Set<Role>
  /// The roles that may be the second person of its two-person move; empty for the same as the first.
  public let approverRoles: Set<Role>
  /// The purposes it may be called for; empty for any.
  public let purposes: Set<Purpose>
  /// Everybody may call, known or not.
  public let isAnonymous: Bool
  /// The answer may hold personal data, so its disclosure is in the log before it leaves.
  public let disclosesPersonalData: Bool
  /// The method changes something, so it has a `request_id`.
  public let isChange: Bool

  /// Every field as given; nothing is checked here.
  public init(
    roles: Set<Role>, approverRoles: Set<Role>, purposes: Set<Purpose>, isAnonymous: Bool,
    disclosesPersonalData: Bool, isChange: Bool
  ) {
    self.roles = roles
    self.approverRoles = approverRoles
    self.purposes = purposes
    self.isAnonymous = isAnonymous
    self.disclosesPersonalData = disclosesPersonalData
    self.isChange = isChange
  }

  /// Whether the method may be called for a purpose of the caller's partner.
  public func admits(_ purpose: Purpose) -> Bool {
    guard purposes.isEmpty else { return purposes.contains(purpose) }
    return purpose.concernsPeople || !disclosesPersonalData
  }

  /// Whether a role may call the method at all, as first person or as second.
  public func admits(_ role: Role) -> Bool { roles.contains(role) || approverRoles.contains(role) }

  /// Whether a role may be the second person.
  public func admitsSecond(_ role: Role) -> Bool {
    approverRoles.isEmpty ? roles.contains(role) : approverRoles.contains(role)
  }

  /// Refuses a caller who may not call the method: purpose first, then access (domain § 7).
  ///
  /// - Parameter permitted: the purposes of the caller's partner
  public func check(
    _ role: Role, _ purpose: Purpose?, permitted: [Purpose]
  ) throws(Refusal) {
    if isAnonymous { return }
    guard let purpose else { throw Refusal(.purposeRequired) }
    guard permitted.contains(purpose) else {
      let names = permitted.map(\.name).joined(separator: ", ")
      throw Refusal(
        .purposeNotAllowed, "This partner may not call for \(purpose.name), only for \(names).")
    }
    guard admits(role) else { throw .denied(.roleNotAdmitted) }
    guard admits(purpose) else { throw .denied(.purposeNotAdmitted) }
  }
}
