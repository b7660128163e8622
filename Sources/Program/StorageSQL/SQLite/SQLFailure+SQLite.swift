import GRDB
import GRDBSQLite

extension SQLFailure {
  /// An error thrown by GRDB.
  init(sqlite error: any Error) {
    switch error {
    case let failure as SQLFailure:
      self = failure
    case let error as DatabaseError:
      self.init(
        sqliteCode: error.extendedResultCode.rawValue, message: error.message ?? "no message")
    default:
      self = .statement("\(error)")
    }
  }

  /// An extended result code of SQLite and its message: https://www.sqlite.org/rescode.html
  init(sqliteCode code: CInt, message: String) {
    // SQLITE_CONSTRAINT_… are (n << 8 | 19); the macros with arithmetic are not imported by Swift.
    switch code {
    case 1555, 2067, 2579:  // PRIMARYKEY, UNIQUE, ROWID
      self = .unique(Self.subject(of: message))
    case 275:  // CHECK
      self = .check(Self.subject(of: message))
    case 787: self = .foreignKey
    case 1299: self = .missingValue(Self.subject(of: message))
    case 1811: self = .appendOnly(message)  // TRIGGER: RAISE(ABORT, 'table')
    default: self.init(sqlitePrimaryCode: code & 0xff, message: message)
    }
  }

  private init(sqlitePrimaryCode code: CInt, message: String) {
    switch code {
    case SQLITE_BUSY, SQLITE_LOCKED: self = .busy
    case SQLITE_CORRUPT, SQLITE_NOTADB: self = .corrupt(message)
    case SQLITE_FULL, SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM, SQLITE_NOMEM:
      self = .inputOutput(message)
    default: self = .statement("\(code): \(message)")
    }
  }

  /// What stands after the colon of `UNIQUE constraint failed: seat.slot_id, seat.seat_no`.
  private static func subject(of message: String) -> String {
    guard let colon = message.firstIndex(of: ":") else { return message }
    return String(message[message.index(after: colon)...].drop { $0 == " " })
  }
}
