import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

extension OfficeDesk {
  public func createService(
    _ request: SafeMobility.CreateServiceRequest, call: ServerCall
  ) async throws -> SafeMobility.CreateServiceResponse {
    try await desk.change(request, id: \.requestId, about: request.parent, call) { work in
      let office = try work.ownOffice(OfficeID(name: request.parent))
      let id = try ServiceOfferID(office: office.id, code: request.serviceId).known("service_id")
      guard try work.tx.serviceOffer(id) == nil else {
        throw Refusal.field("service_id", "is taken")
      }
      let message = request.service ?? .init()
      var service = ServiceOffer(
        id: id, uid: work.makeID(), kind: try ServiceKind(message.kind, field: "service.kind"),
        mode: .inPerson, durationMinutes: 0, partyCountMax: 0, leadTimeMinutes: 0,
        bookableStates: [], revision: Revision(createdAt: work.now))
      try service.apply(message)
      try work.tx.insert(service)
      try work.note(.serviceOffer, service.uid, .created(service.revision))
      return .with { $0.service = .init(service) }
    }
  }

  public func getService(
    _ request: SafeMobility.GetServiceRequest, call: ServerCall
  ) async throws -> SafeMobility.GetServiceResponse {
    try await desk.read(request, about: request.name, call) { work in
      let service = try work.serviceOffer(ServiceOfferID(name: request.name))
      return .with { $0.service = .init(service) }
    }
  }

  public func updateService(
    _ request: SafeMobility.UpdateServiceRequest, call: ServerCall
  ) async throws -> SafeMobility.UpdateServiceResponse {
    try await desk.change(request, id: \.requestId, call) { work in
      let change = request.service ?? .init()
      var service = try work.serviceOffer(ServiceOfferID(name: change.name))
      _ = try work.ownOffice(service.id.office)
      try service.etag.require(request.etag)
      let version = service.revision.version
      let present = SafeMobility.Service(service)
      try service.apply(present.merged(with: change, mask: request.updateMask))
      service.revision.advance(at: work.now)
      try work.tx.update(service, from: version)
      try work.note(.serviceOffer, service.uid, .updated(service.revision))
      return .with { $0.service = .init(service) }
    }
  }

  public func listServices(
    _ request: SafeMobility.ListServicesRequest, call: ServerCall
  ) async throws -> SafeMobility.ListServicesResponse {
    try await desk.read(request, about: request.parent, call) { work in
      let page = try work.page(
        request.pageSize, token: request.pageToken, filter: [request.parent])
      let services = page.page(of: try work.services(under: request.parent), id: \.id)
      return .with {
        $0.services = services.items.map { .init($0) }
        $0.nextPageToken = page.nextToken(services, id: \.id)
      }
    }
  }
}

extension DeskWork {
  /// The service of that id.
  func serviceOffer(_ id: ServiceOfferID) throws -> ServiceOffer {
    try found(try reader.serviceOffer(id))
  }

  /// The services of an office, or with `offices/-` of all; by id. There are few.
  fileprivate func services(under parent: String) throws -> [ServiceOffer] {
    guard parent == "offices/-" else {
      return try reader.serviceOffers(of: office(OfficeID(name: parent)).id)
    }
    var services: [ServiceOffer] = []
    var last: OfficeID?
    while true {
      let offices = try reader.offices(after: last, limit: 100)
      for office in offices.items { services += try reader.serviceOffers(of: office.id) }
      guard offices.hasMore, let next = offices.items.last else { break }
      last = next.id
    }
    return services.sorted { $0.id < $1.id }
  }
}
