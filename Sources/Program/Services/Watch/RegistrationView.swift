import Domain
import Protobuf
import SafeMobilityAPI
import Storage

/// What one subscriber of registrations sees: those in its reach that its request asks for.
struct RegistrationView: WatchView {
  typealias Response = SafeMobility.WatchRegistrationsResponse

  static let kinds: Set<AggregateKind> = [.registration]

  /// Only registrations of this programme; nil for all.
  private let program: ProgramID?
  private let terms: RegistrationTerms
  let narrowing: [String]

  /// - Throws: FIELD_INVALID for a filter that cannot be watched
  init(_ request: SafeMobility.WatchRegistrationsRequest) throws(Refusal) {
    program = request.program.isEmpty ? nil : try ProgramID(name: request.program)
    terms = try RegistrationTerms(request.filter)
    narrowing = [request.program, request.filter]
  }

  func begin(_ work: inout Reading) {}

  func change(
    by event: StatusEvent, to caller: Caller, in reader: any StoreReader
  ) throws -> WatchedChange<Registration>? {
    guard let id = RegistrationID(rawValue: event.uid),
      let registration = try reader.registration(id),
      program == nil || program == registration.program,
      let after = RegistrationState(rawValue: event.stateAfter)
    else { return nil }
    let before = event.stateBefore.flatMap { RegistrationState(rawValue: $0) }
    let isMove = before != after
    return WatchedChange(
      record: registration, name: id.name, version: event.version,
      wasSeen: before.map { wasSeen(registration, in: $0, isMove: isMove) } ?? false,
      isSeen: terms.admit(registration, in: after), isMove: isMove,
      stateName: SafeMobility.RegistrationState.descriptor.name(of: Int32(event.stateAfter)) ?? "")
  }

  /// Whether a registration was asked for before a change.
  ///
  /// Language and department can be corrected, and no event tells what they were. Only a change that
  /// is no move corrects them; then it may have been asked for before, so that a correction by which
  /// it is not any more is told as its removal, even to who never saw it: that takes nothing away.
  private func wasSeen(
    _ registration: Registration, in state: RegistrationState, isMove: Bool
  ) -> Bool {
    isMove ? terms.admit(registration, in: state) : terms.mayAdmit(registration, in: state)
  }

  func reaches(_ registration: Registration, in reach: Reach) throws -> Bool {
    try reach.includes(registration)
  }

  func concern(_ registration: Registration, in work: inout Reading) throws {
    try work.concern(registration.id)
  }

  func message(
    for sight: WatchSight<Registration>, by event: StatusEvent, in work: inout Reading
  ) throws -> SafeMobility.Registration {
    try work.message(for: sight.change.record, view: .basic)
  }
}
