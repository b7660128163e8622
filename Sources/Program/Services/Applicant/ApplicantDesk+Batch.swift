import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

extension ApplicantDesk {
  /// One unit of work, whatever the number of names. Each registration that is told of has an entry of its own in the
  /// log, and so has each name that is denied: both are committed before this answers (INV-16).
  public func batchGetRegistrations(
    _ request: SafeMobility.BatchGetRegistrationsRequest, call: ServerCall
  ) async throws -> SafeMobility.BatchGetRegistrationsResponse {
    let foresights = request.names.flatMap { name -> [Foresight] in
      guard let id = try? RegistrationID(name: name) else { return [] }
      return request.view == .full ? [.registration(id), .people(id)] : [.registration(id)]
    }
    return try await desk.read(request, foreseeing: foresights, call) { work in
      if request.view == .full { try work.foreseeDocuments(of: request.names) }
      // The log hears of the items when all are there: a call that fails half way has told nothing.
      var trail = work.trail
      let results = try request.names.map { name in
        try work.result(of: name, view: request.view, &trail)
      }
      work.trail = trail
      return .with { $0.results = results }
    }
  }
}

extension Reading {
  /// One registration of several, or the denial that it gets alone: hidden, forbidden and absent ones are alike.
  fileprivate func result(
    of name: String, view: SafeMobility.View, _ trail: inout AuditTrail
  ) throws -> SafeMobility.RegistrationResult {
    var item = self
    var result = SafeMobility.RegistrationResult.with { $0.name = name }
    do {
      let registration = try item.registration(RegistrationID(name: name))
      let message = try item.message(for: registration, view: view)
      if let subject = item.trail.subject { trail.disclose(subject, try message.serializedBytes()) }
      result.result = .registration(message)
    } catch {
      let failure = Failure(error)
      guard failure.isAccessDenial, let details = failure.answer.details else { throw error }
      trail.deny(item.trail.subject, failure.reason)
      result.result = .status(try SafeMobility.CallStatus(serializedBytes: details))
    }
    return result
  }

  /// Says whose documents will be looked at: known only when the people are.
  fileprivate func foreseeDocuments(of names: [String]) throws {
    let people = try names.flatMap { name -> [Person] in
      guard let id = try? RegistrationID(name: name) else { return [] }
      return try reader.persons(of: id)
    }
    try reader.foresee(people.map { .documents($0.id) })
  }
}
