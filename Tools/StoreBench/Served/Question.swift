import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import StoreSamples

/// What is read again and again: a method, requests that take turns, and how an answer is known to be right.
struct Question: Sendable {
  let name: String
  let method: MethodDescriptor
  let requests: [[UInt8]]
  let isRight: @Sendable (_ answer: [UInt8], _ request: Int) throws -> Bool

  /// 16 bytes there and back, of the interop server: what a call costs that does nothing.
  static let echo: Question = {
    let request = [0x0a, 0x10] + Array("abcdefghijklmnop".utf8)
    return Question(
      name: "echo",
      method: MethodDescriptor(service: "anchor.v1.Echo", method: "Unary", kind: .unary),
      requests: [request]
    ) { answer, _ in answer == request }
  }()

  /// An office, which tells of nobody.
  static func office(_ samples: StoredWorld) throws -> Question {
    let name = "offices/\(samples.office.id)"
    return Question(
      name: "office", method: SafeMobility.OfficeServiceMethods.getOffice,
      requests: [
        try SafeMobility.GetOfficeRequest.with { $0.name = name }.serializedBytes()
      ]
    ) { answer, _ in
      try SafeMobility.GetOfficeResponse(serializedBytes: answer).office?.name == name
    }
  }

  /// One slot of an office with its free seats, counted for each call.
  static func slot(_ samples: StoredWorld, from start: Instant) throws -> Question {
    let request = SafeMobility.ListSlotsRequest.with {
      $0.parent = "offices/\(samples.office.id)"
      $0.service = "offices/\(samples.office.id)/services/\(samples.offer.id.code)"
      $0.startTime = .with { $0.seconds = start.microseconds / 1_000_000 }
      $0.minFreeSeats = 1
      $0.pageSize = 1
    }
    return Question(
      name: "slot", method: SafeMobility.OfficeServiceMethods.listSlots,
      requests: [try request.serializedBytes()]
    ) { answer, _ in
      try SafeMobility.ListSlotsResponse(serializedBytes: answer).slots.first?.freeSeats ?? 0 > 0
    }
  }

  /// Whole registrations with their persons and documents, from all over the store; each answer waits for its entry
  /// in the log.
  static func registrations(_ plan: FillPlan, count: Int) throws -> Question {
    let households = try plan.households(plan.scattered.prefix(count))
    return Question(
      name: "registration", method: SafeMobility.ApplicantServiceMethods.getRegistration,
      requests: try households.map { household in
        try SafeMobility.GetRegistrationRequest.with {
          $0.name = household.registration
          $0.view = .full
        }.serializedBytes()
      }
    ) { answer, request in
      let found = try SafeMobility.GetRegistrationResponse(serializedBytes: answer).registration
      return found?.persons.map(\.name) == households[request].persons
    }
  }
}
