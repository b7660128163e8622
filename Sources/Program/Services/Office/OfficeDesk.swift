import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

/// The offices, what they offer, and when, as the contract has them.
public struct OfficeDesk: SafeMobility.OfficeService {
  let desk: Desk

  /// The service at a desk.
  public init(desk: Desk) {
    self.desk = desk
  }

  public func createOffice(
    _ request: SafeMobility.CreateOfficeRequest, call: ServerCall
  ) async throws -> SafeMobility.CreateOfficeResponse {
    try await desk.change(request, id: \.requestId, call) { work in
      let id = try OfficeID(rawValue: request.officeId).known("office_id")
      guard try work.tx.office(id) == nil else { throw Refusal.field("office_id", "is taken") }
      let office = try work.newOffice(id, request.office ?? .init())
      try work.tx.insert(office)
      try work.note(.office, office.uid, .created(office.revision))
      return .with { $0.office = .init(office, for: work.caller) }
    }
  }

  public func getOffice(
    _ request: SafeMobility.GetOfficeRequest, call: ServerCall
  ) async throws -> SafeMobility.GetOfficeResponse {
    try await desk.read(request, about: request.name, call) { work in
      let office = try work.office(OfficeID(name: request.name))
      return .with { $0.office = .init(office, for: work.caller) }
    }
  }

  public func updateOffice(
    _ request: SafeMobility.UpdateOfficeRequest, call: ServerCall
  ) async throws -> SafeMobility.UpdateOfficeResponse {
    try await desk.change(request, id: \.requestId, call) { work in
      let change = request.office ?? .init()
      var office = try work.ownOffice(OfficeID(name: change.name))
      try office.etag.require(request.etag)
      let version = office.revision.version
      let present = SafeMobility.Office(office, for: work.caller)
      try office.apply(present.merged(with: change, mask: request.updateMask))
      _ = try work.organisation(office.organisation)
      office.revision.advance(at: work.now)
      try work.tx.update(office, from: version)
      try work.note(.office, office.uid, .updated(office.revision))
      return .with { $0.office = .init(office, for: work.caller) }
    }
  }

  public func listOffices(
    _ request: SafeMobility.ListOfficesRequest, call: ServerCall
  ) async throws -> SafeMobility.ListOfficesResponse {
    try await desk.read(request, call) { work in
      let terms = try OfficeTerms(request.filter)
      let page = try work.page(
        request.pageSize, token: request.pageToken, filter: [request.filter])
      let reader = work.reader
      let offices = try Page<Office>(
        limit: page.limit, after: page.id(OfficeID.self),
        next: { try reader.offices(after: $0, limit: page.limit) }, keyOf: \.id,
        where: terms.admit)
      return .with {
        $0.offices = offices.items.map { .init($0, for: work.caller) }
        $0.nextPageToken = page.nextToken(offices, id: \.id)
      }
    }
  }
}

extension DeskWork {
  /// The office of that id.
  func office(_ id: OfficeID) throws -> Office { try found(try reader.office(id)) }
}

extension Writing {
  /// The office of that id, to change it or what it offers: only for the organisation that runs it,
  /// and the programme's administrators.
  func ownOffice(_ id: OfficeID) throws -> Office {
    let office = try office(id)
    guard caller.role == .programAdmin || office.organisation == caller.partner else {
      throw Refusal.denied(.outOfReach)
    }
    return office
  }

  /// The organisation that is to run an office.
  fileprivate func organisation(_ id: PartnerID) throws -> Partner {
    guard let partner = try tx.partner(id), partner.kind == .un || partner.kind == .ngo else {
      throw Refusal.field("office.organisation", "must be a partner that can run an office")
    }
    guard caller.role == .programAdmin || id == caller.partner else {
      throw Refusal.field("office.organisation", "must be the caller's own")
    }
    return partner
  }

  fileprivate mutating func newOffice(
    _ id: OfficeID, _ message: SafeMobility.Office
  ) throws -> Office {
    let program = try ProgramID(name: message.program)
    guard try tx.program(program) != nil else {
      throw Refusal.field("office.program", "must be a programme")
    }
    var office = Office(
      id: id, uid: makeID(), program: program, organisation: caller.partner, displayName: "",
      region: try RegionCode(rawValue: message.regionCode).known("office.region_code"),
      subdivision: message.subdivisionCode, zone: .guatemala, languages: [],
      verificationCode: Receipt(using: &random).rawValue, revision: Revision(createdAt: now))
    try office.apply(message)
    _ = try organisation(office.organisation)
    return office
  }
}
