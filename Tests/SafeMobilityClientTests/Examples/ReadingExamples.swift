import Protobuf
import RPCCore
import SafeMobilityAPI
import SafeMobilityClient

enum ReadingExamples {
  static func list(_ client: SafeMobilityClient) async throws {
    // example: list
    for try await referral in client.referrals.all(.with { $0.filter = "state = SENT" }) {
      print(referral.name)
    }
    // end
  }

  static func slot(_ client: SafeMobilityClient) async throws -> String? {
    // example: any list
    let open = SafeMobility.ListSlotsRequest.with {
      $0.parent = "offices/gt-xel-01/schedules/mornings"
      $0.pageSize = 200
    }
    for try await slot in client.all(open) where slot.freeSeats >= 3 {
      return slot.name
    }
    // end
    return nil
  }

  static func save(
    _ client: SafeMobilityClient, save: ([SafeMobility.Referral]) throws -> Void
  ) async throws {
    // example: pages
    for try await page in client.referrals.all().pages {
      try save(page.referrals)
    }
    // end
  }

  /// A copy of the referrals.
  struct Copy {
    var referrals: [String: SafeMobility.Referral] = [:]
    var token: String?
    var saved: (Copy) throws -> Void

    // example: apply
    mutating func apply(_ change: SafeMobility.ReferralEvent) {
      guard let status = change.status else { return }
      referrals[status.resource] = status.type == .removed ? nil : change.referral
    }
    // end

    func save() throws { try saved(self) }
  }

  static func watch(_ client: SafeMobilityClient, _ copy: inout Copy) async throws {
    // example: watch
    for try await event in client.watchReferrals(filter: "state = SENT", from: copy.token) {
      switch event {
      case .listBegins:
        copy.referrals = [:]
      case .listed(let referral):
        copy.referrals[referral.name] = referral
      case .changed(let change, _):
        copy.apply(change)
      case .listEnded, .bookmark:
        break
      }
      copy.token = event.resumeToken
      try copy.save()
    }
    // end
  }
}
