import Domain
import Storage

extension SQLTransaction {
  func intakeWindow(_ id: IntakeWindowID) throws -> IntakeWindow? {
    // Whoever counts what is left of it takes of it next.
    try firstLocked(.window, [.text(id)], Self.readWindow)
  }

  func intakeWindows(
    of program: ProgramID, after key: TimeKey<IntakeWindowID>?, limit: Int
  ) throws -> Page<IntakeWindow> {
    var query = SQLListQuery()
    query.require("program_id = #", .text(program))
    query.require("open_us", after: key)
    let list = query.statement(
      select: "SELECT resource_uid, \(windowColumns) FROM intake_window", order: "open_us, uid")
    return Page(found: try all(list, query.values(limit: limit), Self.readWindow), limit: limit)
  }

  func insert(_ window: IntakeWindow) throws {
    try tell(
      .insertWindow,
      [
        .text(window.id), .instant(window.openTime), .instant(window.closeTime),
        .count(window.quota), .count(window.admitted), .code(window.channel),
        .code(window.state), .version(window.revision.version),
        .instant(window.revision.createTime), .instant(window.revision.updateTime),
        .text(window.id.program), .text(window.uid),
      ])
  }

  func update(_ window: IntakeWindow, from version: Version) throws {
    try changeOne(
      .updateWindow,
      [
        .text(window.id), .version(version), .instant(window.openTime),
        .instant(window.closeTime), .count(window.quota), .count(window.admitted),
        .code(window.channel), .code(window.state), .version(window.revision.version),
        .instant(window.revision.updateTime),
      ],
      orFind: .window, .text(window.id))
  }

  private static func readWindow(_ row: inout SQLRow) throws(SQLFailure) -> IntakeWindow {
    let uid = ResourceUID(checked: try row.text())
    return IntakeWindow(
      id: IntakeWindowID(checked: try row.text()), uid: uid, openTime: try row.instant(),
      closeTime: try row.instant(), quota: try row.count(), admitted: try row.count(),
      channel: try row.codeIfPresent(Channel.self),
      state: try row.code(IntakeWindowState.self), revision: try row.revision())
  }
}

private let windowColumns =
  "uid, open_us, close_us, quota, admitted, channel, state, version, create_us, update_us"

extension SQLStatement {
  fileprivate static let window = SQLStatement(
    "SELECT resource_uid, \(windowColumns) FROM intake_window WHERE uid = $1")
  fileprivate static let insertWindow = SQLStatement(
    """
    INSERT INTO intake_window(\(windowColumns), program_id, resource_uid)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    """)
  fileprivate static let updateWindow = SQLStatement(
    """
    UPDATE intake_window SET open_us = $3, close_us = $4, quota = $5, admitted = $6, channel = $7,
      state = $8, version = $9, update_us = $10
    WHERE uid = $1 AND version = $2
    """)
}
