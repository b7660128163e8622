/// A programme with its pilot: `gt-pilot-2023`.
public struct Program: Hashable, Sendable, Codable {
  /// Its id.
  public var id: ProgramID
  /// The id the server made, the same for ever even if the name were given again.
  public var uid: ResourceUID
  /// The name people read.
  public var displayName: String
  /// The country whose offices these are.
  public var hostRegion: RegionCode
  /// The zone in which its dates are meant.
  public var zone: FixedZone
  /// The pilot's first day.
  public var pilotStart: CivilDate
  /// The day after the pilot's last: the pilot is the half-open interval start ..< end, so six
  /// months from 2023-06-12 end on 2023-12-12, whose eve is the last day.
  public var pilotEnd: CivilDate
  /// The day after the last one of an extension; set by it.
  public var extendedEnd: CivilDate?
  /// Where it stands.
  public var state: ProgramState
  /// The agreement an extension rests on; set by the extension.
  public var extensionReference: String?
  /// The version of the signed access policy in force.
  public var policyVersion: String
  /// Its changes.
  public var revision: Revision

  /// Every field as given; nothing is checked here.
  public init(
    id: ProgramID, uid: ResourceUID, displayName: String, hostRegion: RegionCode, zone: FixedZone,
    pilotStart: CivilDate, pilotEnd: CivilDate, extendedEnd: CivilDate? = nil, state: ProgramState,
    extensionReference: String? = nil, policyVersion: String, revision: Revision
  ) {
    self.id = id
    self.uid = uid
    self.displayName = displayName
    self.hostRegion = hostRegion
    self.zone = zone
    self.pilotStart = pilotStart
    self.pilotEnd = pilotEnd
    self.extendedEnd = extendedEnd
    self.state = state
    self.extensionReference = extensionReference
    self.policyVersion = policyVersion
    self.revision = revision
  }

  /// The entity tag of this version.
  public var etag: Etag { Etag(uid: uid.rawValue, version: revision.version) }

  /// The day after the last, an extension included.
  public var end: CivilDate { extendedEnd ?? pilotEnd }

  /// Whether a day is inside the pilot or its extension.
  public func contains(_ day: CivilDate) -> Bool {
    !day.isSurelyBefore(pilotStart) && day.isSurelyBefore(end)
  }
}

/// The states of a program.
public enum ProgramState: Int, CaseIterable, Codable, Sendable {
  /// Announced, nothing opens.
  case planned = 1
  /// The six months.
  case pilot = 2
  /// Prolonged by agreement of both governments.
  case extended = 3
  /// Nothing new; what runs is brought to an end.
  case windingDown = 4
  /// Over.
  case closed = 5
}
