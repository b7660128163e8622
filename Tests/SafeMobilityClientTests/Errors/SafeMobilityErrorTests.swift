import Protobuf
import RPCCore
import SafeMobilityAPI
import Testing

@testable import SafeMobilityClient

/// Failures as an enum.
@Suite struct SafeMobilityErrorTests {
  private func label(_ error: SafeMobilityError) -> String? {
    Mirror(reflecting: error).children.first?.label
  }

  @Test("every reason of the contract has its case, and the case has the whole failure")
  func complete() throws {
    var labels: Set<String> = []
    for value in SafeMobility.ErrorReason.descriptor.values where value.number != 0 {
      let reason = String(value.name.dropFirst("ERROR_REASON_".count))
      let rpcError = try RPCError.refusal(.failedPrecondition, reason, retryAfter: .seconds(2))
      let error = SafeMobilityError(rpcError)
      let name = label(error)
      #expect(name == "\(SafeMobility.ErrorReason(rawValue: value.number))")
      #expect(error.failure == CallFailure(rpcError))
      #expect(error.failure.reason == reason)
      #expect(error.failure.retryDelay == .seconds(2))
      #expect(error.description == "FAILED_PRECONDITION \(reason): refused")
      labels.insert(name ?? "")
    }
    #expect(labels.count == SafeMobility.ErrorReason.descriptor.values.count - 1)
  }

  @Test("what the contract does not know is other, with the whole failure")
  func other() throws {
    let unknown = SafeMobilityError(try RPCError.refusal(.aborted, "NEXT_YEARS_REASON"))
    #expect(label(unknown) == "other")
    #expect(unknown.failure.reason == "NEXT_YEARS_REASON")
    #expect(label(SafeMobilityError(try RPCError.refusal(.aborted, "UNSPECIFIED"))) == "other")
    let bare = SafeMobilityError(RPCError(.unavailable, "gone"))
    #expect(label(bare) == "other")
    #expect(bare.description == "UNAVAILABLE: gone")
  }

  @Test("a reason of another domain is not the programme's")
  func foreign() throws {
    let details = try GoogleRPC.Status.with {
      $0.details = [
        try .init(
          packing: GoogleRPC.ErrorInfo.with {
            $0.reason = "SLOT_FULL"
            $0.domain = "parking.example"
          })
      ]
    }.serializedBytes()
    let error = SafeMobilityError(RPCError(.failedPrecondition, "", details: details))
    #expect(label(error) == "other")
    #expect(error.failure.errorReason == nil)
  }

  @Test("any error can be read, and what was read before stays what it was")
  func anyError() throws {
    let slotFull = try RPCError.refusal(.failedPrecondition, "SLOT_FULL")
    let error: any Error = slotFull
    guard case .slotFull = SafeMobilityError(error) else {
      Issue.record("not SLOT_FULL")
      return
    }
    let again: any Error = SafeMobilityError(slotFull)
    #expect(SafeMobilityError(again) == SafeMobilityError(slotFull))
    let failure: any Error = CallFailure(slotFull)
    #expect(SafeMobilityError(failure) == SafeMobilityError(slotFull))
    let cancelled: any Error = CancellationError()
    #expect(SafeMobilityError(cancelled).failure.code == .cancelled)
    let stranger: any Error = Metadata.Refusal.illegalName("")
    #expect(SafeMobilityError(stranger).failure.code == .unknown)
  }

  @Test("the trailers of a refusal are at hand")
  func trailers() {
    let error = RPCError(
      .permissionDenied, "no", metadata: ["pasarela-audit-entry": "0entry"])
    #expect(CallFailure(error).metadata["pasarela-audit-entry"] == "0entry")
  }
}
