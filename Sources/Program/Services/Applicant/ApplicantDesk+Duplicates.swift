import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

extension ApplicantDesk {
  public func findDuplicates(
    _ request: SafeMobility.FindDuplicatesRequest, call: ServerCall
  ) async throws -> SafeMobility.FindDuplicatesResponse {
    let secrets = desk.secrets
    return try await desk.change(
      request, id: \.requestId, about: request.registration, repeating: Self.repeatFound, call
    ) { work in
      let registration = try work.registration(RegistrationID(name: request.registration))
      try work.searchAgain(registration, for: try work.tx.persons(of: registration.id))
      let open = try work.tx.duplicateCandidates(of: registration.id).filter { !$0.isSettled }
      let reach = Reach(caller: work.caller, reader: work.tx)
      return try .with {
        $0.duplicateCandidates = try open.filter { try reach.includes($0) }.map { candidate in
          // The call is about the one, and tells of the other.
          try work.disclosing(
            candidate.registration(besides: registration.id), .init(candidate, secrets: secrets))
        }
      }
    }
  }

  public func listDuplicateCandidates(
    _ request: SafeMobility.ListDuplicateCandidatesRequest, call: ServerCall
  ) async throws -> SafeMobility.ListDuplicateCandidatesResponse {
    let secrets = desk.secrets
    return try await desk.read(request, about: request.registration, call) { work in
      var filter = try DuplicateFilter(request.filter)
      if !request.registration.isEmpty {
        filter.registration = try work.registration(RegistrationID(name: request.registration)).id
      }
      let page = try work.page(
        request.pageSize, token: request.pageToken,
        filter: [request.registration, request.filter])
      let reach = Reach(caller: work.caller, reader: work.reader)
      let found = try Page(
        limit: page.limit, after: page.duplicateKey,
        next: { [filter] in
          try work.reader.duplicateCandidates(filter, after: $0, limit: page.limit)
        },
        keyOf: { DuplicateKey($0) }, where: { try reach.includes($0) })
      return try .with {
        $0.duplicateCandidates = try found.items.map { candidate in
          let message = SafeMobility.DuplicateCandidate(candidate, secrets: secrets)
          // It tells of both.
          return try work.disclosing(
            candidate.second.registration,
            work.disclosing(candidate.first.registration, message))
        }
        $0.nextPageToken = page.nextToken(found)
      }
    }
  }

  public func resolveDuplicate(
    _ request: SafeMobility.ResolveDuplicateRequest, call: ServerCall
  ) async throws -> SafeMobility.ResolveDuplicateResponse {
    let secrets = desk.secrets
    return try await desk.change(
      request, id: \.requestId, repeating: Self.repeatResolved, call
    ) { work in
      let resolution = try DuplicateState(request.resolution, field: "resolution")
      let resolved = try work.resolve(request.name, request.etag, as: resolution)
      return try .with {
        // The entry is about the second's case.
        $0.duplicateCandidate = try work.disclosing(
          resolved.first.registration, .init(resolved, secrets: secrets))
      }
    }
  }
}

// Kept answers name another case than the one whose entry the repetition gets.
extension ApplicantDesk {
  private static func repeatFound(
    _ kept: SafeMobility.FindDuplicatesResponse, _ work: inout Writing
  ) throws -> SafeMobility.FindDuplicatesResponse {
    var answer = SafeMobility.FindDuplicatesResponse()
    for candidate in kept.duplicateCandidates where try work.reaches(candidate) {
      let own = work.trail.subject?.registration
      guard let other = try candidate.registrations.first(where: { $0 != own }) else { continue }
      answer.duplicateCandidates.append(try work.disclosing(other, candidate))
    }
    return answer
  }

  private static func repeatResolved(
    _ kept: SafeMobility.ResolveDuplicateResponse, _ work: inout Writing
  ) throws -> SafeMobility.ResolveDuplicateResponse {
    guard let candidate = kept.duplicateCandidate, try work.reaches(candidate) else {
      throw Refusal.denied(.outOfReach)
    }
    let first = try candidate.registrations[0]
    return try .with { $0.duplicateCandidate = try work.disclosing(first, candidate) }
  }
}

extension Writing {
  /// Writes down what a reviewer says of a pair, and holds or frees the later registration by it.
  fileprivate mutating func resolve(
    _ name: String, _ etag: String, as resolution: DuplicateState
  ) throws -> DuplicateCandidate {
    let id = try DuplicateCandidateID(name: name)
    let sides = try found(try tx.duplicateCandidate(id))
    // Both cases before anything is decided, in the order of ids as all do who look at two; a search has
    // one of them while it writes candidates down. The log's is the second's.
    let cases = [sides.first.registration, sides.second.registration]
    for id in cases.sorted() { _ = try tx.registration(id) }
    _ = try registration(sides.second.registration)
    let candidate = try found(try tx.duplicateCandidate(id))
    guard try Reach(caller: caller, reader: tx).includes(candidate) else {
      throw Refusal.denied(.outOfReach)
    }
    try candidate.etag.require(etag)
    var machine = DuplicateCandidateMachine(candidate)
    let change = try machine.resolve(as: resolution, by: caller.actor, at: now)
    // First the candidate, because the registration is judged by it; the call's entry is about it.
    try store(change)
    try reviewDuplicates(of: candidate.second.registration)
    return change.entity
  }
}

extension Writing {
  /// Whether the caller of a repetition still reaches both registrations of a candidate that it was told of.
  fileprivate func reaches(_ candidate: SafeMobility.DuplicateCandidate) throws -> Bool {
    let reach = Reach(caller: caller, reader: tx)
    return try candidate.registrations.allSatisfy { id in
      try tx.glimpse(of: id).map { try reach.includes($0) } ?? false
    }
  }
}

extension SafeMobility.DuplicateCandidate {
  /// The registrations of both persons, the first's first.
  fileprivate var registrations: [RegistrationID] {
    get throws { try [firstPerson, secondPerson].map { try PersonName($0).registration } }
  }
}

extension DuplicateCandidate {
  /// The registration of the one of the two that is not of this one.
  fileprivate func registration(besides id: RegistrationID) -> RegistrationID {
    first.registration == id ? second.registration : first.registration
  }
}

extension Reach {
  /// Whether the caller may know of both registrations: a candidate tells of each that it exists.
  func includes(_ candidate: DuplicateCandidate) throws -> Bool {
    try [candidate.first, candidate.second].allSatisfy { side in
      try reader.glimpse(of: side.registration).map { try includes($0) } ?? false
    }
  }
}
