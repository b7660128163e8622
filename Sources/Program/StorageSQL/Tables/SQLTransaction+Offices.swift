import Domain
import Storage

extension SQLTransaction {
  func office(_ id: OfficeID) throws -> Office? {
    try first(.office, [.text(id)]) { (row) throws(SQLFailure) in try row.body(Office.self) }
  }

  func offices(after id: OfficeID?, limit: Int) throws -> Page<Office> {
    // No id sorts before the empty text.
    let found = try all(.offices, [.text(id?.rawValue ?? ""), .count(limit + 1)]) {
      (row) throws(SQLFailure) in try row.body(Office.self)
    }
    return Page(found: found, limit: limit)
  }

  func insert(_ office: Office) throws {
    try tell(
      .insertOffice, [.text(office.id), .version(office.revision.version), body(office)])
  }

  func update(_ office: Office, from version: Version) throws {
    try changeOne(
      .updateOffice,
      [.text(office.id), .version(version), .version(office.revision.version), body(office)],
      orFind: .office, .text(office.id))
  }

  func serviceOffer(_ id: ServiceOfferID) throws -> ServiceOffer? {
    try first(.offer, [.text(id)]) { (row) throws(SQLFailure) in try row.body(ServiceOffer.self) }
  }

  func serviceOffers(of office: OfficeID) throws -> [ServiceOffer] {
    try all(.offers, [.text(office)]) { (row) throws(SQLFailure) in
      try row.body(ServiceOffer.self)
    }
  }

  func insert(_ offer: ServiceOffer) throws {
    try tell(
      .insertOffer,
      [
        .text(offer.id), .text(offer.office), .version(offer.revision.version), body(offer),
        offer.noShowGraceColumn,
      ])
  }

  func update(_ offer: ServiceOffer, from version: Version) throws {
    try changeOne(
      .updateOffer,
      [
        .text(offer.id), .version(version), .version(offer.revision.version), body(offer),
        offer.noShowGraceColumn,
      ],
      orFind: .offer, .text(offer.id))
  }

  func schedule(_ id: ScheduleID) throws -> Schedule? {
    // Slots are made of it by one unit at a time, which looks first which there are.
    try firstLocked(.schedule, [.text(id)]) { (row) throws(SQLFailure) in
      try row.body(Schedule.self)
    }
  }

  func schedules(of office: OfficeID, after id: ScheduleID?, limit: Int) throws -> Page<Schedule> {
    let key = SQLValue.text(id?.rawValue ?? "")
    let found = try all(.schedules, [.text(office), key, .count(limit + 1)]) {
      (row) throws(SQLFailure) in try row.body(Schedule.self)
    }
    return Page(found: found, limit: limit)
  }

  func insert(_ schedule: Schedule) throws {
    try tell(
      .insertSchedule,
      [
        .text(schedule.id), .text(schedule.service), .text(schedule.service.office),
        .version(schedule.revision.version), body(schedule),
      ])
  }

  func update(_ schedule: Schedule, from version: Version) throws {
    try changeOne(
      .updateSchedule,
      [
        .text(schedule.id), .version(version), .version(schedule.revision.version),
        body(schedule),
      ],
      orFind: .schedule, .text(schedule.id))
  }
}

extension SQLStatement {
  static let office = SQLStatement("SELECT body FROM office WHERE uid = $1")
  fileprivate static let offices = SQLStatement(
    "SELECT body FROM office WHERE uid > $1 ORDER BY uid LIMIT $2")
  fileprivate static let insertOffice = SQLStatement(
    "INSERT INTO office(uid, version, body) VALUES ($1, $2, $3)")
  fileprivate static let updateOffice = SQLStatement(
    "UPDATE office SET version = $3, body = $4 WHERE uid = $1 AND version = $2")
  static let offer = SQLStatement("SELECT body FROM service_offer WHERE uid = $1")
  fileprivate static let offers = SQLStatement(
    "SELECT body FROM service_offer WHERE office_id = $1 ORDER BY uid")
  fileprivate static let insertOffer = SQLStatement(
    """
    INSERT INTO service_offer(uid, office_id, version, body, no_show_grace_us)
    VALUES ($1, $2, $3, $4, $5)
    """)
  fileprivate static let updateOffer = SQLStatement(
    """
    UPDATE service_offer SET version = $3, body = $4, no_show_grace_us = $5
    WHERE uid = $1 AND version = $2
    """)
  fileprivate static let schedule = SQLStatement("SELECT body FROM schedule WHERE uid = $1")
  fileprivate static let schedules = SQLStatement(
    "SELECT body FROM schedule WHERE office_id = $1 AND uid > $2 ORDER BY uid LIMIT $3")
  fileprivate static let insertSchedule = SQLStatement(
    """
    INSERT INTO schedule(uid, service_id, office_id, version, body) VALUES ($1, $2, $3, $4, $5)
    """)
  fileprivate static let updateSchedule = SQLStatement(
    "UPDATE schedule SET version = $3, body = $4 WHERE uid = $1 AND version = $2")
}
