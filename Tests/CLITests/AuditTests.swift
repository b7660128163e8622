import AuditProof
import Foundation
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Testing

/// `pasarela audit`, against the programme itself.
@Suite struct AuditTests {
  private let world: World
  private let key = World.secrets.checkpointKey

  init() async throws {
    world = try await World()
    for _ in 0..<8 {
      await expectRefusal("ACCESS_DENIED", .permissionDenied) {
        _ = try await world.caller("unhcr/SCREENER").applicants.getRegistration(
          .with { $0.name = "registrations/none" })
      }
    }
    try await world.desk.makeCheckpoint()
  }

  private func run(_ line: String, files: [String: String] = [:]) async -> CommandRun {
    var surroundings = CommandWorld(transport: world.transport)
    surroundings.files = files
    surroundings.environment["PASARELA_AS"] = "us-prm/AUDITOR"
    return await surroundings.run(line)
  }

  @Test func `an exported log is verified without a server`() async throws {
    let export = await run("audit export")
    #expect(export.code == 0, "\(export.errors)")
    let lines = export.output.split(separator: "\n").map(String.init)
    let verified = await run("audit verify - --key \(key)", files: ["-": export.output])
    #expect(verified.code == 0, "\(verified.errors)")
    #expect(verified.output == "\(lines.count - 1) entries are as they were signed\n")
    // One changed letter, a missing line, two lines in another order.
    var broken: [[String]] = [lines, lines, lines]
    broken[0][5] = lines[5].replacing("DENY", with: "ALLOW")
    broken[1].remove(at: 6)
    broken[2].swapAt(3, 4)
    for lines in broken {
      let found = await run(
        "audit verify - --key \(key)", files: ["-": lines.joined(separator: "\n") + "\n"])
      #expect(found.code == 3)
      #expect(found.output.isEmpty)
      #expect(found.errors.contains("entr"))
    }
  }

  @Test func `a checkpoint that was kept gives away a log that was signed anew`() async throws {
    let export = await run("audit export")
    let name = try #require(NoteKey(text: key)).name
    let signer = try #require(NoteSigner(name: name, seed: Array(repeating: 1, count: 32)))
    let kept = CheckpointText(origin: signer.key.name, size: 3, root: Hash.sha256("then"))
    let found = await run(
      "audit verify - --key \(signer.key.text) --checkpoint kept",
      files: ["-": export.output, "kept": try signer.sign(kept.text)])
    #expect(found.code == 3)
    #expect(found.errors.contains("entries 0 to 2 are not those that the checkpoint of 3"))
  }

  @Test func `what is no key, no log, and unsigned is refused with what to do`() async throws {
    #expect(await run("audit verify - --key nonsense").code == 2)
    let none = await run("audit verify nowhere --key \(key)")
    #expect(none.code == 1)
    #expect(none.errors.contains("cannot read nowhere"))
    let unsigned = await run("audit verify - --key \(key)", files: ["-": "{\"entry\": {}}\n"])
    #expect(unsigned.code == 1)
    #expect(unsigned.errors.contains("no checkpoint"))
    let garbage = await run(
      "audit verify - --key \(key)", files: ["-": "{\"checkpoint\": {}}\nrubbish\n"])
    #expect(garbage.code == 3)
  }

  @Test func `a receipt and a proof are checked without a server`() async throws {
    let list = await run("audit list --filter decision=DENY")
    let page = try SafeMobility.ListEntriesResponse(jsonString: list.output)
    let entry = try #require(page.entries.first)
    let proof = await run("audit prove \(entry.uid)")
    let checked = await run("audit verify - --proof --key \(key)", files: ["-": proof.output])
    #expect(checked.code == 0, "\(checked.errors)")
    #expect(checked.output.contains("entry \(entry.position ?? -1) of "))
    var broken = try SafeMobility.GetInclusionProofResponse(jsonString: proof.output)
    broken.leafSha256[0] ^= 1
    let found = await run(
      "audit verify - --proof --key \(key)", files: ["-": try broken.jsonString()])
    #expect(found.code == 3)
    #expect(found.errors.contains("do not lead"))
    let none = await run("audit verify - --proof --key \(key)", files: ["-": "{\"entries\": []}"])
    #expect(none.code == 1)
    #expect(none.errors.contains("no answer"))
  }

  @Test func `entries are listed, proved and shown`() async throws {
    let list = await run("audit list --filter decision=DENY")
    #expect(list.code == 0, "\(list.errors)")
    let page = try SafeMobility.ListEntriesResponse(jsonString: list.output)
    #expect(page.entries.count == 8)
    let id = try #require(page.entries.first?.uid)
    let proof = await run("audit prove \(id)")
    #expect(proof.code == 0, "\(proof.errors)")
    let checkpoint = await run("audit checkpoint")
    #expect(checkpoint.code == 0)
    #expect(checkpoint.output.contains("pasarela.dev/auditLogs/safemobility"))
  }
}
