import CPostgres

/// What the server answered to one command, with binary columns.
///
/// Owns its `PGresult`; every pointer into it is read and copied before a method returns.
@safe
final class PostgresResult: SQLColumns {
  // SAFETY: ours since `PQgetResult`, cleared in `deinit`.
  private let result: OpaquePointer
  /// The row that the columns are of.
  var row = 0

  init(_ result: OpaquePointer) { unsafe self.result = result }

  deinit { unsafe PQclear(result) }

  var rowCount: Int { unsafe Int(PQntuples(result)) }

  /// What kind of answer it is.
  var status: ExecStatusType { unsafe PQresultStatus(result) }

  /// Rows that the command inserted, updated, deleted or selected.
  var changeCount: Int {
    guard let text = unsafe PQcmdTuples(result) else { return 0 }
    return unsafe Int(String(cString: text)) ?? 0
  }

  /// The command as the server names it when it is done, such as `COMMIT`.
  var command: String {
    guard let text = unsafe PQcmdStatus(result) else { return "" }
    return unsafe String(cString: text)
  }

  /// One of an error's fields: https://www.postgresql.org/docs/15/protocol-error-fields.html
  func field(_ code: UnicodeScalar) -> String? {
    guard let text = unsafe PQresultErrorField(result, CInt(code.value)) else { return nil }
    return unsafe String(cString: text)
  }

  func isNull(_ column: Int) -> Bool {
    unsafe PQgetisnull(result, CInt(row), CInt(column)) == 1
  }

  func integer(_ column: Int) -> Int64 {
    let value = unsafe bytes(at: column)
    // BIGINT but for COUNT and flags of the catalogue, all big-endian.
    var integer: Int64 = (unsafe value.first ?? 0) >= 0x80 ? -1 : 0
    // By index: swift-format 6.3 joins the two words of `for unsafe byte in`.
    for index in 0..<value.count { integer = unsafe integer << 8 | Int64(value[index]) }
    return integer
  }

  func text(_ column: Int) -> String { unsafe String(decoding: bytes(at: column), as: UTF8.self) }

  func bytes(_ column: Int) -> [UInt8] { unsafe [UInt8](bytes(at: column)) }

  private func bytes(at column: Int) -> UnsafeRawBufferPointer {
    guard let start = unsafe PQgetvalue(result, CInt(row), CInt(column)) else {
      return unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    }
    let count = unsafe Int(PQgetlength(result, CInt(row), CInt(column)))
    return unsafe UnsafeRawBufferPointer(start: start, count: count)
  }
}
