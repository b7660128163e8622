import Foundation
import RPCServices
import Testing

@testable import CLI

/// Whether a server serves, and how long it takes to say so.
@Suite("Health and ping", .timeLimit(.minutes(2))) struct HealthAndPingTests {
  private static let world: CommandWorld = {
    var world = CommandWorld()
    world.isConnecting = true
    world.environment = ["PASARELA_INSECURE": "1"]
    return world
  }()

  @Test("health says what the server says, and the exit code says it too")
  func health() async throws {
    let board = HealthBoard()
    board.set("a.B", .notServing)
    try await KitchenServer.serve(.notAtAll, board: board) { address in
      let server = await Self.world.run(["health", address])
      #expect(server.code == 0, "\(server.errors)")
      #expect(server.output == "SERVING\n")
      let service = await Self.world.run(["health", address, "a.B"])
      #expect(service.code == 1)
      #expect(service.output == "NOT_SERVING\n")
      let unknown = await Self.world.run(["health", address, "a.C"])
      #expect(unknown.code == 64 + 5)
      let all = await Self.world.run(["health", address, "--all"])
      #expect(all.code == 1)
      #expect(
        all.output.contains("(the server)  SERVING\na.B           NOT_SERVING\n"), "\(all.output)")
      let json = await Self.world.run(["health", address, "a.B", "-o", "json"])
      #expect(json.output.contains("\"status\": \"NOT_SERVING\""))
    }
  }

  @Test("ping measures each answer, and says the sum of them")
  func ping() async throws {
    try await KitchenServer.serve { address in
      let run = await Self.world.run(["ping", address, "-c", "3", "-i", "10ms"])
      #expect(run.code == 0, "\(run.errors)")
      let lines = run.output.split(separator: "\n")
      #expect(lines.count == 5)
      #expect(lines[0].hasPrefix("connected to \(address) in "))
      #expect(lines[3].hasPrefix("3: SERVING in "))
      #expect(lines[4].hasPrefix("3 sent, 3 answered, min/avg/p99/max "))
      let json = await Self.world.run(["ping", address, "-c", "2", "-i", "1ms", "-o", "json"])
      let tree = try #require(
        try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Double])
      #expect(tree["answered"] == 2)
      let least = try #require(tree["minMs"])
      #expect(least > 0)
      #expect(try #require(tree["avgMs"]) >= least)
    }
    let nobody = await Self.world.run(["ping", "127.0.0.1:1", "--timeout", "2s"])
    #expect(nobody.code == 78)
  }
}
