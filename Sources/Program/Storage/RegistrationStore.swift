public import Domain

/// Which registrations are asked for; every part given must hold.
public struct RegistrationFilter: Hashable, Sendable {
  /// Of this program.
  public var program: ProgramID?
  /// In one of these states; empty for all.
  public var states: [RegistrationState]
  /// Of this applicant.
  public var owner: Actor?
  /// Also those that a protection hold hides from most.
  public var includesProtected = true

  /// All fields; by default every registration.
  public init(program: ProgramID? = nil, states: [RegistrationState] = []) {
    self.program = program
    self.states = states
  }
}

/// Reads registrations.
public protocol RegistrationReader {
  /// The registration of that id.
  func registration(_ id: RegistrationID) throws -> Registration?
  /// The same as others may just be changing it: for what nothing is decided about it by. Whoever looks at
  /// two cases waits for neither by this, so that two units never wait for each other.
  func glimpse(of id: RegistrationID) throws -> Registration?
  /// The registration of that receipt.
  func registration(receipt: Receipt) throws -> Registration?
  /// Registrations by queue rank, drafts by the time they were begun; see
  /// ``Registration/listTime``.
  func registrations(
    _ filter: RegistrationFilter, after key: TimeKey<RegistrationID>?, limit: Int
  ) throws -> Page<Registration>
  /// The live registration in which a person of this cluster counts (INV-8), the first one's
  /// receipt for ALREADY_REGISTERED.
  func liveRegistration(
    of cluster: PersonID, in program: ProgramID
  ) throws -> Registration?
  /// The key under which the log knows this case; `nil` once erased (domain § 12).
  func caseKey(of registration: RegistrationID) throws -> [UInt8]?
}

/// Changes registrations.
public protocol RegistrationWriter {
  /// The registration of that id, unless another unit is at work on it at this moment; nobody is waited for. For
  /// units that have a slot already: whoever has the case may be waiting for that.
  func idleRegistration(_ id: RegistrationID) throws -> Registration?
  /// Adds a registration; its persons are inserted after it.
  /// - Parameter caseKey: 32 random bytes, k_case.
  /// - Throws: `StoreError.conflict` with `.receipt` when the receipt is taken: make another.
  func insert(_ registration: Registration, caseKey: [UInt8]) throws
  /// Replaces a registration the caller read at `version`. Its people count for INV-8 while its
  /// state is live and their standing ACTIVE.
  /// - Throws: `StoreError.conflict` with `.liveMember` when one of them counts elsewhere already.
  func update(_ registration: Registration, from version: Version) throws
}

extension Registration {
  /// The time by which lists order registrations.
  public var listTime: Instant { queueRankTime ?? revision.createTime }
}
