import Foundation
import KitchenSink
import RPCCore
import Synchronization
import Testing

@testable import CLI

/// Calls of a server whose schema this program was not built with.
@Suite("The tool's calls", .timeLimit(.minutes(2))) struct ToolCallTests {
  private static let world: CommandWorld = {
    var world = CommandWorld()
    world.isConnecting = true
    world.environment = [:]
    return world
  }()

  @Test(
    "calls of all four kinds, by the schema that the server tells in either version",
    arguments: [KitchenServer.Telling.byBothVersions, .byTheOldVersionOnly])
  func kinds(telling: KitchenServer.Telling) async throws {
    try await KitchenServer.serve(telling) { address in
      func call(_ method: String, _ data: String) async -> CommandRun {
        await Self.world.run(["call", "-plaintext", "-d", data, address, method])
      }
      let unary = await call("kitchen.v1.Kitchen/Cook", #"{"name": "soup"}"#)
      #expect(unary.code == 0, "\(unary.errors)")
      #expect(unary.output == "{\n  \"label\": \"soup\"\n}\n")
      let many = await call("Kitchen.CookAll", #"{"name": "a"}{"name": "b"} {"name":"c"}"#)
      #expect(many.output == "{\n  \"label\": \"a+b+c\"\n}\n", "\(many.errors)")
      let watch = await call("Kitchen/Watch", #"{"name": "t", "size": 2}"#)
      #expect(watch.output == "{\"label\":\"t0\"}\n{\"label\":\"t1\"}\n", "\(watch.errors)")
      let talk = await call("/kitchen.v1.Kitchen/Talk", "{\"name\":\"x\"}\n{\"name\":\"y\"}\n")
      #expect(talk.output == "{\"label\":\"x\"}\n{\"label\":\"y\"}\n", "\(talk.errors)")
    }
  }

  @Test("without a request an empty one is sent, or none where there may be any number")
  func withoutRequest() async throws {
    try await KitchenServer.serve { address in
      let unary = await Self.world.run(["call", "-plaintext", address, "Cook"])
      #expect(unary.output == "{}\n", "\(unary.errors)")
      let talk = await Self.world.run(["call", "-plaintext", address, "Talk"])
      #expect(talk.code == 0, "\(talk.errors)")
      #expect(talk.output.isEmpty)
    }
  }

  @Test("requests are sent as they arrive: the next is typed when the answer to the last was read")
  func asTheyArrive() async throws {
    try await KitchenServer.serve { address in
      let typed = AsyncStream.makeStream(of: [UInt8].self)
      var world = Self.world
      world.pieces = Surroundings.Pieces { () throws(CommandFailure) in
        var iterator = typed.stream.makeAsyncIterator()
        return await iterator.next()
      }
      let answers = Mutex(0)
      world.onOutput = { _ in
        let count = answers.withLock { count in
          count += 1
          return count
        }
        if count == 3 {
          typed.continuation.finish()
        } else {
          typed.continuation.yield(Array("{\"name\": \"\(count)\"}\n".utf8))
        }
      }
      typed.continuation.yield(Array("{\"name\": ".utf8))
      typed.continuation.yield(Array("\"0\"}\n".utf8))
      let run = await world.run(["call", "-plaintext", "-d", "@", address, "Talk"])
      #expect(run.code == 0, "\(run.errors)")
      #expect(run.output == "{\"label\":\"0\"}\n{\"label\":\"1\"}\n{\"label\":\"2\"}\n")
    }
  }

  @Test("a call that the server ends is over, though more could be typed")
  func endedByServer() async throws {
    try await KitchenServer.serve { address in
      let typed = AsyncStream.makeStream(of: [UInt8].self)
      typed.continuation.yield(Array("{\"name\": \"stop\"}\n".utf8))
      var world = Self.world
      world.pieces = Surroundings.Pieces { () throws(CommandFailure) in
        var iterator = typed.stream.makeAsyncIterator()
        return await iterator.next()
      }
      let run = await world.run(["call", "-plaintext", "-d", "-", address, "Talk"])
      #expect(run.code == 64 + 11)
      #expect(run.errors.contains("OUT_OF_RANGE"))
      #expect(run.errors.contains("enough"))
    }
  }

  @Test("a request that is none ends the call, and says which it was")
  func badRequest() async throws {
    try await KitchenServer.serve { address in
      let run = await Self.world.run([
        "call", "-plaintext", "-d", "{\"name\":\"a\"}\n{\"nome\":\"b\"}", address, "Talk",
      ])
      #expect(run.code == 1)
      #expect(run.errors.contains("request 2 of --data"), "\(run.errors)")
      #expect(run.errors.contains("nome"))
    }
  }

  @Test(
    "every status is the exit code behind 64, and nothing is said of repeating what is not ours")
  func exitCodes() async throws {
    try await KitchenServer.serve { address in
      for code in 1...16 {
        let run = await Self.world.run([
          "call", "-plaintext", "-d", "{\"name\": \"why\", \"size\": \(code)}", address, "Cook",
        ])
        #expect(run.code == Int32(64 + code))
        #expect(run.output.isEmpty)
        #expect(run.errors.contains(StatusCode(rawValue: code).name))
        #expect(!run.errors.contains("never done twice"))
        // A detail of a type that only the server's schema has.
        #expect(run.errors.contains("\"name\":\"why\""), "\(run.errors)")
      }
    }
  }

  @Test(
    "metadata goes along; a variable is replaced, a file read, and nothing of the programme's added"
  )
  func metadata() async throws {
    let kitchen = TestKitchen()
    try await KitchenServer.serve(.byBothVersions, kitchen) { address in
      var world = Self.world
      world.environment["TOKEN"] = "s3cret"
      world.files["headers"] = "# for the test\nx-team: pilot\nx-key-bin: AQID\n"
      let run = await world.run([
        "call", "-plaintext", "-H", "Authorization: Bearer ${TOKEN}", "-H", "@headers", address,
        "Cook",
      ])
      #expect(run.code == 0, "\(run.errors)")
      let seen = try #require(kitchen.metadata.last)
      #expect(seen["authorization"] == "Bearer s3cret")
      #expect(seen["x-team"] == "pilot")
      #expect(seen.binaryValues(for: "x-key-bin") == [[1, 2, 3]])
      #expect(seen.allSatisfy { !$0.name.hasPrefix("pasarela-") })
    }
  }

  @Test(
    "a header that cannot be sent, or must not be typed, is refused and not repeated",
    arguments: [
      ("authorization: Bearer s3cret", 2, "${TOKEN}"), ("Cookie: s3cret", 2, "@FILE"),
      ("s3cret", 2, "NAME: VALUE"), ("x-a: ${NO_SUCH}", 1, "NO_SUCH"),
      ("grpc-timeout: 1S", 2, "own"),
      ("x-bin: s3cret!", 2, "base64"), ("x y: 1", 2, "name"), ("@nothing", 1, "cannot read"),
    ] as [(String, Int32, String)])
  func refusedHeaders(header: String, code: Int32, says: String) async throws {
    let world = CommandWorld(server: Sample.server())
    let run = await world.run(["call", "GetOffice", "-H", header])
    #expect(run.code == code)
    #expect(run.errors.contains(says), "\(run.errors)")
    #expect(!run.errors.contains("s3cret"))
    #expect(world.server.asked.isEmpty)
  }

  @Test("a dry run shows headers and bytes, hides secrets, and calls nobody")
  func dryRun() async throws {
    let kitchen = TestKitchen()
    try await KitchenServer.serve(.byBothVersions, kitchen) { address in
      var world = Self.world
      world.environment["TOKEN"] = "s3cret"
      let run = await world.run([
        "call", "-plaintext", "--dry-run", "--timeout", "5s", "-H", "authorization: ${TOKEN}", "-H",
        "x-team: pilot", "-d", #"{"name": "soup", "size": 1}"#, address, "Cook",
      ])
      #expect(run.code == 0, "\(run.errors)")
      let lines = run.output.split(separator: "\n")
      #expect(lines.contains(":path: /kitchen.v1.Kitchen/Cook"))
      #expect(lines.contains(":authority: \(address)"))
      #expect(lines.contains("x-team: pilot"))
      #expect(lines.contains("grpc-timeout: 5000000u"))
      #expect(lines.contains("message: 00 00000008 0a04736f75701001"))
      #expect(!run.output.contains("s3cret"))
      let talk = await world.run([
        "call", "-plaintext", "--dry-run", "-d", #"{"size":1}{"size":2}"#, address, "Talk",
      ])
      #expect(talk.code == 0, "\(talk.errors)")
      #expect(talk.output.hasSuffix("message: 00 00000002 1001\nmessage: 00 00000002 1002\n"))
      #expect(kitchen.metadata.isEmpty)
    }
  }

  @Test("answers are shown as asked")
  func formats() async throws {
    try await KitchenServer.serve { address in
      func watch(_ format: String) async -> String {
        await Self.world.run([
          "call", "-plaintext", "-o", format, "-d", #"{"name": "t: ", "size": 2}"#, address,
          "Kitchen/Watch",
        ]).output
      }
      #expect(await watch("yaml") == "---\nlabel: \"t: 0\"\n---\nlabel: \"t: 1\"\n")
      #expect(await watch("value=label") == "t: 0\nt: 1\n")
      #expect(await watch("table") == "label  t: 0\n\nlabel  t: 1\n\n")
      let verbose = await Self.world.run([
        "call", "-plaintext", "-v", address, "Cook",
      ])
      #expect(verbose.output == "{}\n")
    }
  }

  @Test("a server that cannot be reached ends with 78")
  func unreachable() async throws {
    let run = await Self.world.run([
      "call", "-plaintext", "--timeout", "2s", "127.0.0.1:1", "a.B/C",
    ])
    #expect(run.code == 78, "\(run.errors)")
    #expect(run.errors.contains("127.0.0.1:1"))
  }
}
