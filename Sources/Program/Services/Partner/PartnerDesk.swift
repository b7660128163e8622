import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

/// The partners, as the contract has them.
public struct PartnerDesk: SafeMobility.PartnerService {
  let desk: Desk

  /// The service at a desk.
  public init(desk: Desk) {
    self.desk = desk
  }

  public func getPartner(
    _ request: SafeMobility.GetPartnerRequest, call: ServerCall
  ) async throws -> SafeMobility.GetPartnerResponse {
    try await desk.read(request, call) { work in
      let partner = try work.found(try work.reader.partner(PartnerID(name: request.name)))
      return try .with { $0.partner = try work.message(for: partner) }
    }
  }

  public func listPartners(
    _ request: SafeMobility.ListPartnersRequest, call: ServerCall
  ) async throws -> SafeMobility.ListPartnersResponse {
    try await desk.read(request, call) { work in
      let page = try work.page(request.pageSize, token: request.pageToken)
      let partners = page.page(of: try work.reader.partners(), id: \.id)
      return try .with {
        $0.partners = try partners.items.map { try work.message(for: $0) }
        $0.nextPageToken = page.nextToken(partners, id: \.id)
      }
    }
  }
}

extension Reading {
  /// A partner as the contract has it; how it proves itself and how much it takes only to itself and
  /// to administrators, how much of that is used to itself alone.
  fileprivate func message(for partner: Partner) throws -> SafeMobility.Partner {
    let seesAll = caller.partner == partner.id || caller.role == .programAdmin
    return try .with {
      $0.name = partner.id.name
      $0.uid = partner.uid.rawValue
      $0.createTime = .init(partner.revision.createTime)
      $0.updateTime = .init(partner.revision.updateTime)
      $0.etag = partner.etag.text
      $0.displayName = partner.displayName
      $0.kind = .init(partner.kind)
      $0.agencies = partner.agencies.map { agency in
        .with {
          $0.id = agency.id
          $0.displayName = agency.displayName
        }
      }
      $0.purposes = partner.purposes.map { .init($0) }
      $0.cosigner = partner.isCosigner
      guard seesAll else { return }
      $0.identities = partner.identities
      $0.capacities = try partner.capacities.map { capacity in
        try .with {
          $0.pathway = capacity.pathway.name
          $0.maxLive = Int32(capacity.liveCountMax)
          // How many cases of protection there are is for nobody else, down to the single one.
          guard caller.partner == partner.id else { return }
          $0.live = Int32(try reader.liveReferralCount(to: partner.id, on: capacity.pathway))
        }
      }
    }
  }
}
