import Protobuf
import RPCCore
import SafeMobilityAPI
import SafeMobilityClient

enum ExchangeExamples {
  /// What a partner's system keeps.
  struct Desk {
    var open: [String: SafeMobility.ExchangeWork] = [:]
    var token = ""

    mutating func store(_ work: SafeMobility.ExchangeWork) throws {
      guard let status = work.status else { return }
      open[status.resource] = status.type == .removed ? nil : work
    }
  }

  static func work(_ client: SafeMobilityClient, _ desk: inout Desk) async throws {
    // example: exchange
    try await client.exchange(from: desk.token) { exchange in
      for try await event in exchange.events {
        switch event {
        case .begins:
          desk.open = [:]
        case .work(let work):
          try desk.store(work)
          exchange.acknowledge(work)
        case .stored(let resumeToken):
          desk.token = resumeToken
        }
      }
    }
    // end
  }

  static func accept(
    _ work: SafeMobility.ExchangeWork, as number: String, _ exchange: PartnerExchange
  ) async throws -> SafeMobility.Referral? {
    // example: command
    do {
      return try await exchange.acceptReferral(
        .with {
          $0.name = work.referral?.name ?? ""
          $0.etag = work.referral?.etag ?? ""
          $0.partnerCaseRef = number
        })
    } catch {
      // Somebody has changed it meanwhile, and the change comes as work.
      guard case .etagMismatch = SafeMobilityError(error) else { throw error }
      return nil
    }
    // end
  }
}
