import Foundation
import GRDB
import Testing

@Suite("pasarela-server and stores it must leave alone")
struct StoreGuardTests {
  @Test("a store written by a newer program is refused, and stays as it is")
  func newerSchema() async throws {
    let folder = try TemporaryFolder()
    let load = try RunningServer(
      ["load", "--store", folder.store(), "--reference"], in: folder.url)
    #expect(try await load.exitCode() == 0, "\(load.said)")
    let database = try DatabaseQueue(path: folder.path("p.db"))
    try await database.write { database in
      try database.execute(
        sql: """
          INSERT INTO schema_version(version, name, checksum, applied_us)
          VALUES (99, 'from the future', 'x', 0)
          """)
    }
    try database.close()
    let server = try RunningServer(
      ["--listen", "127.0.0.1:0", "--store", folder.store(), "--insecure"], in: folder.url)
    #expect(server.line().isEmpty)
    #expect(try await server.exitCode() == 1)
    #expect(server.said.contains("schema 99"), "\(server.said)")
    let again = try DatabaseQueue(path: folder.path("p.db"))
    let programs = try await again.read { database in
      try Int.fetchOne(database, sql: "SELECT count(*) FROM program")
    }
    #expect(programs == 1)
  }
}
