import Foundation
import Testing
import Trials

@testable import CLI

/// What a person sees: the program itself on a terminal of its own.
@Suite("The program on a terminal", .timeLimit(.minutes(5))) struct TerminalTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func pasarela(
    _ words: [String], columns: Int = 80, _ environment: [String: String] = [:]
  ) async throws -> Terminal.Run {
    let own = ["PASARELA_CONFIG": folder.file("contexts.json")]
    return try await Terminal.run(
      [Terminal.program] + words, columns: columns, environment: own.merging(environment) { $1 })
  }

  /// Whether every line fits.
  private func fits(_ run: Terminal.Run, _ columns: Int) -> Bool {
    run.lines.allSatisfy { DisplayWidth.of($0) <= columns }
  }

  @Test("doctor fits 80 columns, has colours there, and none with NO_COLOR or on a dumb terminal")
  func doctor() async throws {
    try await KitchenServer.serve { address in
      let words = ["doctor", address, "--plaintext"]
      let run = try await pasarela(words)
      #expect(run.code == 0, "\(run.seen)")
      #expect(fits(run, 80), "\(run.seen)")
      #expect(run.seen.contains("\u{1B}[32m✓ ok     \u{1B}[0m  target  "), "\(run.seen)")
      #expect(run.seen.contains("\u{1B}[2m? unknown\u{1B}[0m  clock   "))
      #expect(run.lines.contains("✓ ok       health    SERVING"))
      let plain = try await pasarela(words, ["NO_COLOR": "1"])
      #expect(!plain.isStyled, "\(plain.seen)")
      // How long connecting took is another each time.
      #expect(plain.lines.dropFirst() == run.lines.dropFirst())
      #expect(try await !pasarela(words, ["TERM": "dumb"]).isStyled)
      #expect(try await pasarela(words, ["NO_COLOR": ""]).isStyled)
    }
    let wrong = try await pasarela(["doctor", "127.0.0.1:1", "--plaintext"])
    #expect(wrong.code == 1)
    #expect(wrong.seen.contains("\u{1B}[31m✗ wrong  \u{1B}[0m  target"))
    #expect(fits(wrong, 80), "\(wrong.seen)")
    let wide = try await pasarela(["doctor", "127.0.0.1:1", "--plaintext"], columns: 160)
    #expect(wide.lines.count < wrong.lines.count)
    #expect(fits(wide, 160))
  }

  @Test("ls and call: lines for people on a terminal, JSON only where it is asked for")
  func toolVerbs() async throws {
    try await KitchenServer.serve { address in
      let services = try await pasarela(["ls", "-plaintext", address])
      #expect(services.lines.contains("kitchen.v1.Kitchen"), "\(services.seen)")
      #expect(!services.isStyled)
      let call = ["call", "-plaintext", "-d", #"{"name": "soup"}"#, address, "Kitchen/Cook"]
      let table = try await pasarela(call)
      #expect(table.lines.first == "label  soup", "\(table.seen)")
      let json = try await pasarela(call + ["-o", "json"])
      #expect(json.seen.contains("\"label\": \"soup\""))
      #expect(!json.isStyled)
      let failed = try await pasarela([
        "call", "-plaintext", "-d", #"{"size": 5}"#, address, "Kitchen/Cook",
      ])
      #expect(failed.code == 64 + 5)
      #expect(failed.seen.contains("NOT_FOUND"))
    }
  }

  @Test("ctx ls has a bold head on a terminal, and is cut to it; -o wide is not")
  func contexts() async throws {
    let long = String(repeating: "office-", count: 12) + "eu:443"
    let set = try await pasarela(["ctx", "set", "pilot", "--target", long, "--tls-ca", "ca.pem"])
    #expect(set.code == 0, "\(set.seen)")
    let list = try await pasarela(["ctx", "ls"])
    #expect(list.seen.contains("\u{1B}[1m"))
    #expect(fits(list, 80), "\(list.seen)")
    #expect(list.seen.contains("…"))
    let wide = try await pasarela(["ctx", "ls", "-o", "wide"])
    #expect(wide.seen.contains(long))
    let plain = try await pasarela(["ctx", "ls"], ["NO_COLOR": "1"])
    #expect(!plain.isStyled)
    #expect(plain.lines == list.lines)
    let broad = try await pasarela(["ctx", "ls"], columns: 200)
    #expect(broad.seen.contains(long))
  }

  @Test("help fits 80 columns", arguments: [["help"], ["ctx", "--help"], ["doctor", "--help"]])
  func help(words: [String]) async throws {
    let run = try await pasarela(words)
    #expect(run.code == 0)
    #expect(fits(run, 80), "\(run.seen)")
  }
}
