import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

extension OfficeDesk {
  public func createSchedule(
    _ request: SafeMobility.CreateScheduleRequest, call: ServerCall
  ) async throws -> SafeMobility.CreateScheduleResponse {
    try await desk.change(request, id: \.requestId, about: request.parent, call) { work in
      let office = try work.ownOffice(OfficeID(name: request.parent))
      let id = try ScheduleID(office: office.id, code: request.scheduleId).known("schedule_id")
      guard try work.tx.schedule(id) == nil else { throw Refusal.field("schedule_id", "is taken") }
      let message = request.schedule ?? .init()
      let service = try work.serviceOffer(ServiceOfferID(name: message.service))
      guard service.office == office.id else {
        throw Refusal.field("schedule.service", "must be a service of the office")
      }
      var schedule = Schedule(
        id: id, uid: work.makeID(), service: service.id, zone: office.zone,
        firstDate: work.now.utcDate.date, startMinuteOfDay: 0, recurrence: "", capacitySeats: 0,
        revision: Revision(createdAt: work.now))
      try schedule.apply(message)
      try SlotPlan.check(schedule, service: service)
      try work.tx.insert(schedule)
      try work.note(.schedule, schedule.uid, .created(schedule.revision))
      return .with { $0.schedule = .init(schedule) }
    }
  }

  public func getSchedule(
    _ request: SafeMobility.GetScheduleRequest, call: ServerCall
  ) async throws -> SafeMobility.GetScheduleResponse {
    try await desk.read(request, about: request.name, call) { work in
      let schedule = try work.schedule(ScheduleID(name: request.name))
      return .with { $0.schedule = .init(schedule) }
    }
  }

  public func updateSchedule(
    _ request: SafeMobility.UpdateScheduleRequest, call: ServerCall
  ) async throws -> SafeMobility.UpdateScheduleResponse {
    try await desk.change(request, id: \.requestId, call) { work in
      let change = request.schedule ?? .init()
      var schedule = try work.schedule(ScheduleID(name: change.name))
      _ = try work.ownOffice(schedule.service.office)
      try schedule.etag.require(request.etag)
      let version = schedule.revision.version
      let present = SafeMobility.Schedule(schedule)
      try schedule.apply(present.merged(with: change, mask: request.updateMask))
      try SlotPlan.check(schedule, service: work.serviceOffer(schedule.service))
      schedule.revision.advance(at: work.now)
      try work.tx.update(schedule, from: version)
      try work.note(.schedule, schedule.uid, .updated(schedule.revision))
      return .with { $0.schedule = .init(schedule) }
    }
  }

  public func listSchedules(
    _ request: SafeMobility.ListSchedulesRequest, call: ServerCall
  ) async throws -> SafeMobility.ListSchedulesResponse {
    try await desk.read(request, about: request.parent, call) { work in
      let office = try work.office(OfficeID(name: request.parent))
      let page = try work.page(
        request.pageSize, token: request.pageToken, filter: [request.parent])
      let schedules = try work.reader.schedules(
        of: office.id, after: page.id(), limit: page.limit)
      return .with {
        $0.schedules = schedules.items.map { .init($0) }
        $0.nextPageToken = page.nextToken(schedules, id: \.id)
      }
    }
  }
}

extension DeskWork {
  /// The schedule of that id.
  func schedule(_ id: ScheduleID) throws -> Schedule { try found(try reader.schedule(id)) }
}
