public import Domain

/// What can be read inside one unit of work; every read sees the same committed state, plus the
/// unit's own changes inside a ``StoreTransaction``.
///
/// Finders return `nil` for an absent row and leave it to the service whether the caller may know.
/// Lists are pages: see ``Page``. Methods throw `StoreError` only.
public protocol StoreReader: ProgramReader, OfficeReader, SlotReader, RegistrationReader,
  PersonReader, ConsentReader, AppointmentReader, WaitlistReader, PartnerReader, ReferralReader,
  AuditReader, CallReader, DueReader, ReportReader, DuplicateReader
{
  /// The store's clock as the unit began; the same throughout the unit.
  var now: Instant { get }

  /// Says what this unit is going to look at; see ``Foresight``.
  func foresee(_ foresights: [Foresight]) throws
}

/// One unit of work: everything in it becomes durable together, or nothing does.
///
/// `insert` throws `StoreError.conflict(.identifier)` when the id is taken. `update(_:from:)`
/// stores the entity as given, its `revision` already advanced, provided the row still has the
/// version the caller read; otherwise it throws `StoreError.versionMismatch`, or
/// `StoreError.notFound` when there is no row.
public protocol StoreTransaction: StoreReader, ProgramWriter, OfficeWriter, SlotWriter,
  RegistrationWriter, PersonWriter, ConsentWriter, AppointmentWriter, WaitlistWriter,
  PartnerWriter, ReferralWriter, AuditWriter, CallWriter, ReportWriter, DuplicateWriter
{
}
