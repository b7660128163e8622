import Domain
import Storage
import Synchronization

/// The records of the partners that have called lately, by the identity they called with.
///
/// A call is let in by what is known here, and looks at the record again in its own unit of work, where that costs
/// nothing: see ``DeskWork/confirmAdmission(foreseeing:)``. So no node ever serves a caller by a record that another
/// node has changed, and only who comes first, or after a change, waits for the store twice.
final class KnownPartners: Sendable {
  /// More than the programme has partners, and roles of each.
  private static let countMax = 4_096

  private let partners = Mutex<[String: Partner]>([:])

  subscript(identity: String) -> Partner? { partners.withLock { $0[identity] } }

  /// Keeps what the store has just said; nil for an identity that is on nobody's record.
  func learn(_ partner: Partner?, of identity: String) {
    partners.withLock { partners in
      if partners.count >= Self.countMax { partners.removeAll() }
      partners[identity] = partner
    }
  }
}

/// The record by which a call was let in has changed since: it is to be judged, and served, once more.
struct OutdatedAdmission: Error {}

extension DeskWork {
  /// Says what this unit is going to look at, and sees to it that its caller was let in by the partner's record as it is.
  ///
  /// - Throws: ``OutdatedAdmission`` when it was not
  func confirmAdmission(foreseeing foresights: [Foresight]) throws {
    let caller = trail.caller
    let door = caller.identity.map { Foresight.caller(identity: $0) }
    try reader.foresee([door].compactMap(\.self) + foresights)
    guard let identity = caller.identity else { return }
    guard try reader.partner(identity: identity) == caller.record else { throw OutdatedAdmission() }
  }
}
