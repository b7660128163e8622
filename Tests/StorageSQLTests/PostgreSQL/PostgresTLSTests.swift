import Foundation
import PostgresFixture
import StorageSQL
import Testing

/// The way to a database that is not this machine's, as far as libpq knows.
@Suite(.serialized) struct PostgresTLSTests {
  private static let address = "127.0.0.2"

  private func failure(_ target: String) -> SQLFailure? {
    do {
      try PostgresEngine(target: target).prepare { _ in }
      return nil
    } catch {
      return error as? SQLFailure
    }
  }

  @Test func `the certificate is checked, name and all, unless the operator says otherwise`() throws
  {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "pasarela-tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: folder.path)
    defer { try? FileManager.default.removeItem(at: folder) }
    let made = try PostgresPrograms.makeCertificate(for: Self.address, in: folder)
    let server = try PostgresServer(settings: made.settings, address: Self.address)
    let target = "host=\(Self.address) port=\(server.port) user=pasarela dbname=postgres"
    #expect(failure("\(target) sslrootcert=\(made.certificate)") == nil)
    #expect(failure("\(target) sslmode=require") == nil)
    // Another authority, and another name.
    let other = folder.appending(path: "other")
    try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
    let stranger = try PostgresPrograms.makeCertificate(for: Self.address, in: other)
    let distrusted = failure("\(target) sslrootcert=\(stranger.certificate)")
    #expect("\(distrusted as Any)".contains("certificate verify failed"))
    let renamed = failure(
      "host=database.elsewhere hostaddr=\(Self.address) port=\(server.port) "
        + "user=pasarela dbname=postgres sslrootcert=\(made.certificate)")
    #expect("\(renamed as Any)".contains("does not match host name"))
  }

  @Test func `nothing is said in the clear unless the operator says so`() throws {
    let server = try PostgresServer(address: Self.address)
    let target = "host=\(Self.address) port=\(server.port) user=pasarela dbname=postgres"
    #expect("\(failure(target) as Any)".contains("SSL"))
    guard case .unsuitable(let text) = failure("\(target) sslmode=prefer") else {
      Issue.record("plaintext was taken")
      return
    }
    #expect(text.contains("sslmode=verify-full"))
    #expect(failure("\(target) sslmode=disable") == nil)
  }
}
