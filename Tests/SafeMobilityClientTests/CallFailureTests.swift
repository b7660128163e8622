import Protobuf
import RPCCore
import Testing

@testable import SafeMobilityClient

/// Failures as the server describes them.
@Suite struct CallFailureTests {
  private func details(_ messages: [GoogleProtobuf.Any_]) throws -> [UInt8] {
    try GoogleRPC.Status.with {
      $0.code = 9
      $0.message = "said inside"
      $0.details = messages
    }.serializedBytes()
  }

  @Test("every detail of the contract is read")
  func complete() throws {
    let info = GoogleRPC.ErrorInfo.with {
      $0.reason = "ALREADY_REGISTERED"
      $0.domain = "safemobility"
      $0.metadata = ["receipt": "TG3SYBXS"]
    }
    let request = GoogleRPC.BadRequest.with {
      $0.fieldViolations = [
        .with {
          $0.field = "principal.phone"
          $0.description = "is needed"
        }
      ]
    }
    let precondition = GoogleRPC.PreconditionFailure.with {
      $0.violations = [
        .with {
          $0.type = "AGE"
          $0.subject = "registrations/0reg/persons/0ana"
          $0.description = "too young"
        }
      ]
    }
    let retry = GoogleRPC.RetryInfo.with {
      $0.retryDelay = .init(.milliseconds(250))
    }
    let bytes = try details([
      .init(packing: info), .init(packing: request), .init(packing: precondition),
      .init(packing: retry), .init(packing: GoogleRPC.Help()),
    ])
    let failure = CallFailure(RPCError(.alreadyExists, "said outside", details: bytes))
    #expect(failure.code == .alreadyExists)
    #expect(failure.message == "said outside")
    #expect(failure.reason == "ALREADY_REGISTERED")
    #expect(failure.domain == "safemobility")
    #expect(failure.reasonMetadata == ["receipt": "TG3SYBXS"])
    #expect(failure.fieldViolations == [.init(field: "principal.phone", description: "is needed")])
    #expect(failure.preconditionViolations.map(\.type) == ["AGE"])
    #expect(failure.preconditionViolations.map(\.subject) == ["registrations/0reg/persons/0ana"])
    #expect(failure.preconditionViolations.map(\.description) == ["too young"])
    #expect(failure.retryDelay == .milliseconds(250))
  }

  @Test("a failure without details has its code and its sentence")
  func bare() {
    let failure = CallFailure(RPCError(.unavailable, "gone"))
    #expect(failure.code == .unavailable)
    #expect(failure.message == "gone")
    #expect(failure.reason == nil)
    #expect(failure.fieldViolations.isEmpty)
    #expect(failure.retryDelay == nil)
  }

  @Test("damaged details never hide the failure itself")
  func damaged() throws {
    let good = try GoogleProtobuf.Any_(
      packing: GoogleRPC.ErrorInfo.with { $0.reason = "SLOT_FULL" })
    let bytes = try details([good])
    for count in 0..<bytes.count {
      let failure = CallFailure(
        RPCError(.failedPrecondition, "full", details: Array(bytes.prefix(count))))
      #expect(failure.code == .failedPrecondition)
      #expect(failure.message == "full")
    }
    var broken = good
    broken.value = [0xFF]
    let failure = CallFailure(
      RPCError(.failedPrecondition, "full", details: try details([broken, good])))
    #expect(failure.reason == "SLOT_FULL")
  }
}
