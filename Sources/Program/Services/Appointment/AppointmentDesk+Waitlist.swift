import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

extension AppointmentDesk {
  public func joinWaitlist(
    _ request: SafeMobility.JoinWaitlistRequest, call: ServerCall
  ) async throws -> SafeMobility.JoinWaitlistResponse {
    let wish = request.waitlistEntry ?? .init()
    return try await desk.change(request, id: \.requestId, about: wish.registration, call) {
      work in
      let entry = try work.joinWaitlist(wish)
      return .with { $0.waitlistEntry = .init(entry) }
    }
  }

  public func leaveWaitlist(
    _ request: SafeMobility.LeaveWaitlistRequest, call: ServerCall
  ) async throws -> SafeMobility.LeaveWaitlistResponse {
    try await desk.change(request, id: \.requestId, call) { work in
      let entry = try work.waitlistEntry(WaitlistEntryID(name: request.name))
      try entry.requireEtag(request.etag)
      var machine = WaitlistMachine(entry, limits: work.limits)
      let change = try machine.leave(at: work.now)
      try work.store(change)
      return .with { $0.waitlistEntry = .init(change.entity) }
    }
  }

  public func listWaitlist(
    _ request: SafeMobility.ListWaitlistRequest, call: ServerCall
  ) async throws -> SafeMobility.ListWaitlistResponse {
    try await desk.read(request, call) { work in
      let reach = Reach(caller: work.caller, reader: work.reader)
      var filter = try WaitlistFilter(request)
      reach.narrow(&filter)
      // Who asks about one case leaves a trace under it, whatever there is to see.
      if let registration = filter.registration { try work.concern(registration) }
      let page = try work.page(
        request.pageSize, token: request.pageToken,
        filter: [request.registration, request.office, request.filter])
      let entries = try Page(
        limit: page.limit, after: page.timeKey(WaitlistEntryID.self),
        next: { try work.reader.waitlistEntries(filter, after: $0, limit: page.limit) },
        keyOf: { TimeKey($0.rankTime, $0.id) },
        where: { entry in
          try work.reader.registration(entry.registration).map { try reach.includes($0) } ?? false
        })
      return try .with {
        $0.waitlistEntries = try entries.items.map {
          try work.disclosing($0.registration, SafeMobility.WaitlistEntry($0))
        }
        $0.nextPageToken = page.nextToken(entries) { TimeKey($0.rankTime, $0.id) }
      }
    }
  }
}

extension WaitlistFilter {
  /// What a list request asks for.
  init(_ request: SafeMobility.ListWaitlistRequest) throws(Refusal) {
    self.init()
    if !request.registration.isEmpty {
      registration = try RegistrationID(name: request.registration)
    }
    if !request.office.isEmpty { office = try OfficeID(name: request.office) }
    for term in try FilterTerms(request.filter).terms {
      switch term.field {
      case "state":
        states = [
          try term.value(of: SafeMobility.WaitlistState.descriptor, prefix: "WAITLIST_STATE_")
        ]
      case "service_kind":
        kind = try term.value(of: SafeMobility.ServiceKind.descriptor, prefix: "SERVICE_KIND_")
      default: throw term.refused("cannot be compared")
      }
    }
  }
}

extension SafeMobility.WaitlistEntry {
  /// A waitlist entry as the contract has it.
  init(_ entry: WaitlistEntry) {
    self.init()
    name = entry.id.name
    uid = entry.id.rawValue
    createTime = .init(entry.revision.createTime)
    updateTime = .init(entry.revision.updateTime)
    etag = entry.etag.text
    state = .init(entry.state)
    registration = entry.registration.name
    serviceKind = .init(entry.kind)
    offices = entry.offices.map(\.name)
    notice = .init(entry.notice)
    seats = Int32(entry.seats)
    rankTime = .init(entry.rankTime)
    offersMade = Int32(entry.offersMade)
    appointment = entry.appointment?.name ?? ""
  }
}
