import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

extension ApplicantDesk {
  public func checkPresence(
    _ request: SafeMobility.CheckPresenceRequest, call: ServerCall
  ) async throws -> SafeMobility.CheckPresenceResponse {
    let (secrets, limits) = (desk.secrets, desk.limits)
    let caller = try desk.admission(of: call).caller
    try desk.presenceChecks.admit(caller.partner, at: caller.callTime, limits: limits)
    return try await desk.read(request, about: request.program, call) { work in
      // Before anybody is found eligible nobody knows who will need protection from it (domain § 1.5).
      guard work.caller.kind != .gtGovernment else { throw Refusal.denied(.homeGovernment) }
      guard request.algorithmVersion == PresenceKey.algorithmVersion else {
        throw Refusal.field(
          "algorithm_version", "must be \(PresenceKey.algorithmVersion), the skeletons' here")
      }
      let program = try work.found(try work.reader.program(ProgramID(name: request.program)))
      let digests = try request.skeletonDigests.map { bytes in
        secrets.index(ofPresence: try Digest(bytes).known("skeleton_digests"))
      }
      let isPossible = try work.knowsSomebody(of: digests, in: program.id)
      return .with { $0.presence = isPossible ? .possible : .none_ }
    }
  }
}

extension Reading {
  /// How many keys must be one person's: a birthday and one name are many people's.
  private static let sharedKeyCountMin = 2
  /// How many are looked at of those who are stored under one key.
  private static let hitCountMax = 500

  /// Whether somebody of whom the caller may know is stored under two of these keys.
  fileprivate func knowsSomebody(of keys: [Digest], in program: ProgramID) throws -> Bool {
    let all = try reader.matchHits(keys, in: program, limit: Self.hitCountMax)
    let hits = Dictionary(grouping: all, by: \.person)
      .filter { $0.value.count >= Self.sharedKeyCountMin }
    return try reader.persons(Array(hits.keys)).contains { person in
      guard let registration = try reader.registration(person.registration) else { return false }
      return !registration.isHidden(from: caller.kind)
    }
  }
}
