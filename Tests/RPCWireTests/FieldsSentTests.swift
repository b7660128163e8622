import RPCCore
import RPCWire
import Testing

@Suite("Header lists sent (R1, R2, R3, R5, Q9)")
struct FieldsSentTests {
  private func list(_ fill: (inout FieldList) -> Void) -> [String] {
    var list = FieldList()
    fill(&list)
    return list.fields
  }

  private func text(_ prepared: [(name: String, value: String)]) -> [String] {
    prepared.map { "\($0.name): \($0.value)" }
  }

  @Test("what a transport may prepare is what would be sent without metadata")
  func preparedLists() {
    for encoding in MessageEncoding.allCases {
      #expect(
        text(ResponseFields.plainHead(encoding))
          == list { ResponseFields.head(encoding, [:], to: &$0) })
    }
    #expect(text(ResponseFields.okTrailers) == list { ResponseFields.trailers(.ok, [:], to: &$0) })
  }

  @Test("the head has the status, the type and the metadata (R1)")
  func head() {
    let sent = list { ResponseFields.head(.gzip, ["a": "1", "b-bin": .binary([1])], to: &$0) }
    #expect(
      sent == [
        ":status: 200", "content-type: application/grpc",
        "grpc-accept-encoding: identity,gzip,deflate", "grpc-encoding: gzip", "a: 1", "b-bin: AQ",
      ])
  }

  @Test("the trailers always have the status, and the message if there is one (R2, R3, R5)")
  func trailers() {
    #expect(list { ResponseFields.trailers(.ok, [:], to: &$0) } == ["grpc-status: 0"])
    let status = Status(.aborted, "5 % ñ", details: [0xFF])
    #expect(
      list { ResponseFields.trailers(status, ["t": "1"], to: &$0) } == [
        "grpc-status: 10", "grpc-message: 5 %25 %C3%B1", "grpc-status-details-bin: /w", "t: 1",
      ])
  }

  @Test("a number that came from a newer peer is passed on as it came (R6)")
  func unknownCode() {
    let status = Status(StatusCode(rawValue: 17))
    #expect(list { ResponseFields.trailers(status, [:], to: &$0) } == ["grpc-status: 17"])
  }

  @Test("trailers only are head and trailers in one list")
  func trailersOnly() {
    let sent = list {
      ResponseFields.trailersOnly(Status(.notFound, "no"), ["t": "1"], to: &$0)
    }
    #expect(
      sent == [
        ":status: 200", "content-type: application/grpc", "grpc-status: 5", "grpc-message: no",
        "t: 1",
      ])
  }

  @Test("a request has its fields in two parts (Q4, Q9)")
  func request() {
    let request = OutgoingRequest(
      method: MethodDescriptor(service: "pkg.Svc", method: "M", kind: .unary), scheme: "https",
      authority: "localhost", timeout: .seconds(2), userAgent: "test/1", metadata: ["a": "1"])
    #expect(
      list { RequestFields.common(request, to: &$0) } == [
        ":method: POST", ":scheme: https", ":path: /pkg.Svc/M", ":authority: localhost",
        "te: trailers", "content-type: application/grpc",
        "grpc-accept-encoding: identity,gzip,deflate", "user-agent: test/1",
      ])
    #expect(
      list { RequestFields.own(request, to: &$0) } == ["grpc-timeout: 2000000u", "a: 1"])
    var second = request
    second.encoding = .gzip
    second.previousAttemptCount = 1
    #expect(
      list { RequestFields.own(second, to: &$0) } == [
        "grpc-timeout: 2000000u", "grpc-encoding: gzip", "grpc-previous-rpc-attempts: 1", "a: 1",
      ])
    var patient = request
    patient.timeout = nil
    #expect(list { RequestFields.own(patient, to: &$0) } == ["a: 1"])
  }
}
