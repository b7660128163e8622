import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

extension OfficeDesk {
  public func generateSlots(
    _ request: SafeMobility.GenerateSlotsRequest, call: ServerCall
  ) async throws -> SafeMobility.GenerateSlotsResponse {
    try await desk.change(request, id: \.requestId, call) { work in
      let schedule = try work.schedule(ScheduleID(name: request.schedule))
      let office = try work.ownOffice(schedule.service.office)
      let service = try work.serviceOffer(schedule.service)
      let planned = try SlotPlan.slots(
        of: schedule, service: service, languages: office.languages,
        from: request.startDate.flatMap { CivilDate($0) }.known("start_date"),
        through: request.endDate.flatMap { CivilDate($0) }.known("end_date"), at: work.now,
        using: &work.random)
      let existing = try work.starts(of: schedule, among: planned)
      let new = planned.filter { !existing.contains($0.start) }
      for slot in new {
        try work.tx.insert(slot)
        try work.note(.slot, slot.id, .created(slot.revision))
      }
      try work.append(Fact.seats(of: new, at: office))
      return .with {
        $0.created = Int32(new.count)
        $0.existing = Int32(planned.count - new.count)
      }
    }
  }

  public func listSlots(
    _ request: SafeMobility.ListSlotsRequest, call: ServerCall
  ) async throws -> SafeMobility.ListSlotsResponse {
    let desk = desk
    return try await desk.read(request, about: request.parent, call) { work in
      let wanted = try work.slotsWanted(request)
      let page = try work.page(
        request.pageSize, token: request.pageToken,
        filter: [
          request.parent, request.service,
          request.startTime.map { "\($0.seconds).\($0.nanos)" } ?? "",
          request.endTime.map { "\($0.seconds).\($0.nanos)" } ?? "", "\(request.minFreeSeats)",
          request.languageCode,
        ])
      let reader = work.reader
      let slots = try Page<SlotAvailability>(
        limit: page.limit, after: page.timeKey(SlotID.self),
        next: { try reader.slots(wanted.filter, after: $0, limit: page.limit) },
        keyOf: { TimeKey($0.slot.start, $0.slot.id) }, where: wanted.admits)
      let handover = try Handover(
        to: SafeMobility.OfficeServiceMethods.watchSlots,
        SlotView.narrowing(wanted.filter.office, service: request.service), behind: page, at: desk,
        in: work)
      return try .with {
        $0.slots = slots.items.map { .init($0) }
        $0.nextPageToken = page.nextToken(slots, beside: handover?.beside ?? []) {
          TimeKey($0.slot.start, $0.slot.id)
        }
        $0.resumeToken = try handover?.token(after: slots, in: work) ?? ""
      }
    }
  }

  public func blockSlots(
    _ request: SafeMobility.BlockSlotsRequest, call: ServerCall
  ) async throws -> SafeMobility.BlockSlotsResponse {
    try await desk.change(request, id: \.requestId, about: request.parent, call) { work in
      let reason = try SlotBlockReason(request.reason, field: "reason")
      var response = SafeMobility.BlockSlotsResponse()
      let slots = try work.slotsToBlock(request)
      let office = try work.ownOffice(OfficeID(name: request.parent))
      // Nobody may come in after we have looked who is there.
      try work.keepStillWithCases(slots)
      for slot in slots {
        guard let blocked = try work.block(slot, at: office, reason) else { continue }
        response.blockedSlots += 1
        response.releasedHolds += Int32(blocked.holdCount)
        response.cancelledAppointments += Int32(blocked.appointmentCount)
      }
      return response
    }
  }
}

/// What ListSlots asks for: what the store can narrow, and what is left to look at.
private struct SlotsWanted {
  var filter: SlotFilter
  var schedule: ScheduleID?
  var language: LanguageTag?

  func admits(_ availability: SlotAvailability) -> Bool {
    (schedule.map { $0 == availability.slot.schedule } ?? true)
      && (language.map { availability.slot.languages.contains($0) } ?? true)
  }
}

extension DeskWork {
  fileprivate func slotsWanted(_ request: SafeMobility.ListSlotsRequest) throws -> SlotsWanted {
    var schedule: ScheduleID?
    let office: OfficeID
    if let id = try? OfficeID(name: request.parent) {
      office = try self.office(id).id
    } else {
      let found = try self.schedule(ScheduleID(name: request.parent))
      (schedule, office) = (found.id, found.id.office)
    }
    let start = request.startTime.flatMap { Instant($0) } ?? reader.now
    let end = request.endTime.flatMap { Instant($0) } ?? .latest
    guard start <= end else { throw Refusal.field("end_time", "must not be before start_time") }
    let service = try request.service.isEmpty ? nil : ServiceOfferID(name: request.service)
    let language =
      try request.languageCode.isEmpty
      ? nil : LanguageTag(rawValue: request.languageCode).known("language_code")
    let filter = SlotFilter(
      office: office, service: service, starts: start..<end,
      freeSeatsMin: Int(request.minFreeSeats), includesBlocked: request.minFreeSeats == 0)
    return SlotsWanted(filter: filter, schedule: schedule, language: language)
  }

  /// The starts at which a schedule has slots already, blocked ones too.
  fileprivate func starts(of schedule: Schedule, among planned: [Slot]) throws -> Set<Instant> {
    guard let first = planned.first, let last = planned.last else { return [] }
    let filter = SlotFilter(
      office: schedule.service.office, service: schedule.service,
      starts: first.start..<(last.start + .minutes(1)), includesBlocked: true)
    var starts: Set<Instant> = []
    var key: TimeKey<SlotID>?
    while true {
      let page = try reader.slots(filter, after: key, limit: 500)
      for item in page.items where item.slot.schedule == schedule.id {
        starts.insert(item.slot.start)
      }
      guard page.hasMore, let last = page.items.last else { return starts }
      key = TimeKey(last.slot.start, last.slot.id)
    }
  }
}

extension SafeMobility.Slot {
  /// A slot as the contract has it, with the seats that are free as of the answer.
  init(_ availability: SlotAvailability) {
    self.init()
    let slot = availability.slot
    name = SlotName(slot).text
    uid = slot.id.rawValue
    createTime = .init(slot.revision.createTime)
    updateTime = .init(slot.revision.updateTime)
    etag = slot.etag.text
    service = slot.service.name
    startTime = .init(slot.start)
    endTime = .init(slot.end)
    timeZone = slot.zone.rawValue
    capacity = Int32(slot.capacitySeats)
    freeSeats = Int32(availability.freeSeats)
    languageCodes = slot.languages.map(\.rawValue)
    reservedShares = slot.reservedShares.map { .init($0) }
    blockReason = .init(slot.blockedReason)
    fence = slot.fence
  }
}
