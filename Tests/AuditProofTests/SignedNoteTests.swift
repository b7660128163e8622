import AuditProof
import Foundation
import Testing

@Suite struct SignedNoteTests {
  private static let text = "pasarela.dev/test\n3\nAAAA\n"

  private func signer(_ byte: UInt8 = 7) throws -> NoteSigner {
    try #require(NoteSigner(name: "pasarela.dev/test", seed: Array(repeating: byte, count: 32)))
  }

  @Test func `a note reads back, and is signed by its signer alone`() throws {
    let signer = try signer()
    let note = try #require(SignedNote(try signer.sign(Self.text)))
    #expect(note.text == Self.text)
    #expect(note.isSigned(by: signer.key))
    #expect(!note.isSigned(by: try self.signer(8).key))
    let other = try #require(NoteSigner(name: "other", seed: Array(repeating: 7, count: 32)))
    #expect(!note.isSigned(by: other.key))
  }

  @Test func `every changed byte is noticed`() throws {
    let signer = try signer()
    let bytes = Array(try signer.sign(Self.text).utf8)
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1
      let note = SignedNote(String(decoding: changed, as: UTF8.self))
      #expect(note?.isSigned(by: signer.key) != true, "byte \(index)")
    }
  }

  @Test func `keys read back, and a mistyped one does not`() throws {
    let key = try signer().key
    #expect(NoteKey(text: key.text) == key)
    let bytes = Array(key.text.utf8)
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1
      #expect(NoteKey(text: String(decoding: changed, as: UTF8.self)) != key)
    }
    #expect(NoteKey(text: "") == nil)
    #expect(NoteKey(text: "a+b") == nil)
  }

  @Test(arguments: [
    "", "text", "text\n", "text\n\n", "text\n\n\u{2014} name\n", "text\n\n\u{2014} name ====\n",
    "text\n\n- name AAAAAAAA\n", "text\n\n\u{2014} name AAAAAAAA",
  ])
  func `what is no note is none`(_ text: String) { #expect(SignedNote(text) == nil) }

  /// Somebody else's implementation of Ed25519 agrees.
  @Test func `OpenSSL finds the signature good`() throws {
    let signer = try signer()
    let note = try #require(SignedNote(try signer.sign(Self.text)))
    let folder = FileManager.default.temporaryDirectory.appending(path: "note-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let key = try #require(signer.key.text.split(separator: "+", maxSplits: 2).last)
    let raw = try #require(Data(base64Encoded: String(key))).dropFirst()
    // SubjectPublicKeyInfo of Ed25519 (RFC 8410 § 4).
    let prefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
    try (Data(prefix) + raw).write(to: folder.appending(path: "key.der"))
    try Data(Self.text.utf8).write(to: folder.appending(path: "text"))
    let signature = try #require(note.signatures.first).bytes
    try signature.write(to: folder.appending(path: "signature"))
    #expect(try verify(in: folder) == 0)
    try Data("another".utf8).write(to: folder.appending(path: "text"))
    #expect(try verify(in: folder) != 0)
  }

  private func verify(in folder: URL) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/openssl")
    process.arguments = [
      "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key.der", "-rawin", "-in",
      "text", "-sigfile", "signature",
    ]
    process.currentDirectoryURL = folder
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
