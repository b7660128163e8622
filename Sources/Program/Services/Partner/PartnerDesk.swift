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
