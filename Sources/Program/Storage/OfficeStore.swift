public import Domain

/// Reads offices, what they offer, and the rules their slots are made by.
public protocol OfficeReader {
  /// The office of that id.
  func office(_ id: OfficeID) throws -> Office?
  /// Offices by id.
  func offices(after id: OfficeID?, limit: Int) throws -> Page<Office>
  /// The service of that id.
  func serviceOffer(_ id: ServiceOfferID) throws -> ServiceOffer?
  /// An office's services, by id; there are few.
  func serviceOffers(of office: OfficeID) throws -> [ServiceOffer]
  /// The schedule of that id.
  func schedule(_ id: ScheduleID) throws -> Schedule?
  /// An office's schedules, by id.
  func schedules(
    of office: OfficeID, after id: ScheduleID?, limit: Int
  ) throws -> Page<Schedule>
}

/// Changes offices, what they offer, and the rules their slots are made by.
public protocol OfficeWriter {
  /// Adds an office.
  func insert(_ office: Office) throws
  /// Replaces an office the caller read at `version`.
  func update(_ office: Office, from version: Version) throws
  /// Adds a service to its office.
  func insert(_ offer: ServiceOffer) throws
  /// Replaces a service the caller read at `version`.
  func update(_ offer: ServiceOffer, from version: Version) throws
  /// Adds a schedule to its service.
  func insert(_ schedule: Schedule) throws
  /// Replaces a schedule the caller read at `version`.
  func update(_ schedule: Schedule, from version: Version) throws
}
