import Protobuf
import SafeMobilityAPI
import Testing

@testable import SafeMobilityClient

/// The id in the serialized request.
@Suite struct RequestIDFillingTests {
  private typealias Request = SafeMobility.SendReferralRequest

  private func filled(_ request: [UInt8]) -> [UInt8] {
    var random = SystemRandomNumberGenerator()
    return RequestID.fill(request, field: 15, using: &random)
  }

  @Test("a request without an id gets one, and nothing else of it changes")
  func missing() throws {
    let request = Request.with {
      $0.name = "referrals/0ref"
      $0.etag = "\"0ref.1\""
    }
    let bytes = try request.serializedBytes()
    var sent = try Request(serializedBytes: filled(bytes))
    #expect(RequestID(sent.requestId) != nil)
    sent.requestId = ""
    #expect(sent == request)
    #expect(try Request(serializedBytes: filled([])).requestId.isEmpty == false)
  }

  @Test("an id that is there stays, and so does every byte")
  func given() throws {
    let bytes = try Request.with {
      $0.requestId = "mine"
      $0.etag = "\"0ref.1\""
    }.serializedBytes()
    #expect(filled(bytes) == bytes)
  }

  @Test("an empty text is no id, and of several the last counts")
  func empty() throws {
    let none: [UInt8] = [0x7A, 0]
    let one: [UInt8] = [0x7A, 1, 0x61]
    #expect(filled(one + one) == one + one)
    #expect(filled(none + one) == none + one)
    #expect(try Request(serializedBytes: filled(none)).requestId.utf8.count == 36)
    #expect(try Request(serializedBytes: filled(one + none)).requestId.utf8.count == 36)
  }

  @Test(
    "what is no message stays as it is, for the server to refuse",
    arguments: [[0x7A], [0x7A, 5, 1], [0x07], [0x00, 0x00]] as [[UInt8]])
  func malformed(bytes: [UInt8]) {
    #expect(filled(bytes) == bytes)
  }
}
