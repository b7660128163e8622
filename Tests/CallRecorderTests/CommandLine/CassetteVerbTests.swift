import CallRecorder
import Foundation
import KitchenSink
import Protobuf
import RPCCore
import RPCTransportHTTP2
import Testing
import Trials

/// `pasarela verify` and `pasarela cassette` as programs.
@Suite("verify and cassette", .serialized, .timeLimit(.minutes(3)))
struct CassetteVerbTests {
  private let folder: TemporaryFolder
  private let schema: String

  init() throws {
    folder = try TemporaryFolder()
    schema = folder.file("kitchen.protoset")
    try RecorderProgram.writeKitchen(to: schema)
  }

  /// Writes what a client records of some calls.
  private func record(
    _ name: String, _ calls: @Sendable (any ClientTransport) async throws -> Void
  ) async throws -> String {
    let tray = Tray()
    let recorder = try tray.recorder()
    try await KitchenScene.serve(Router(services: [Kitchen()])) { channel in
      try await calls(channel.intercepted(by: [RecordingInterceptor(recorder)]))
    }
    try recorder.finish()
    return try write(tray.bytes, name)
  }

  private func write(_ bytes: [UInt8], _ name: String) throws -> String {
    let path = folder.file(name)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  private func cook(_ name: String) async throws -> String {
    try await record(name) { transport in
      _ = try await KitchenV1.KitchenClient(RPCClient(transport: transport)).cook(
        .with {
          $0.name = "Ana"
          $0.size = 3
        })
    }
  }

  private func verify(_ path: String, at kitchen: Kitchen) async throws -> RecorderProgram.Ended {
    try await KitchenScene.listen(Router(services: [kitchen])) { address in
      try await RecorderProgram.run([
        "verify", path, "--target", "\(address)", "--insecure", "-protoset", schema,
      ])
    }
  }

  @Test("verify shows the one field that has changed, and exits with 3; with 0 when none has")
  func verified() async throws {
    let path = try await cook("cook.rpcas")
    let same = try await verify(path, at: Kitchen())
    #expect(same.code == 0, "\(same.errors)")
    #expect(same.output == "all 1 calls are answered as they were\n")
    let changed = try await verify(path, at: Kitchen(label: "caldo"))
    #expect(changed.code == 3)
    #expect(
      changed.output == """
        call 1 /kitchen.v1.Kitchen/Cook
          response 1 label: recorded sopa, now caldo

        """)
    #expect(changed.errors == "pasarela: 1 of 1 calls are answered otherwise\n")
  }

  @Test("a server that is not there is no difference")
  func unreachable() async throws {
    let path = try await cook("cook.rpcas")
    let address = try await KitchenScene.listen(Router(services: [])) { $0 }
    let ended = try await RecorderProgram.run([
      "verify", path, "--target", "\(address)", "--insecure", "-protoset", schema,
    ])
    #expect(ended.code == 78, "\(ended.output)")
    #expect(ended.errors.contains("cannot reach \(address)"))
  }

  @Test("show lists the calls, and all that happened in one")
  func shown() async throws {
    let path = try await record("all.rpcas") { _ = try await KitchenScene.calls($0) }
    let table = try await RecorderProgram.run(["cassette", "show", path])
    #expect(table.code == 0, "\(table.errors)")
    let rows = table.output.split(separator: "\n").map {
      $0.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
    }
    #expect(table.output.hasPrefix("6 calls to "))
    #expect(table.output.contains("(client), not redacted\n"))
    #expect(rows[1].prefix(3) == ["CALL", "AT", "METHOD"])
    #expect(
      rows.dropFirst(2).map { [$0[0], $0[3], $0[4], $0[5], $0[6]] } == [
        ["1", "kitchen.v1.Kitchen/Cook", "1", "1", "OK"],
        ["2", "kitchen.v1.Kitchen/Cook", "1", "0", "INVALID_ARGUMENT"],
        ["3", "kitchen.v1.Kitchen/CookAll", "3", "1", "OK"],
        ["4", "kitchen.v1.Kitchen/Watch", "1", "2", "OK"],
        ["5", "kitchen.v1.Kitchen/Talk", "2", "2", "RESOURCE_EXHAUSTED"],
        ["6", "kitchen.v1.Kitchen/Watch", "1", "1", "cancelled"],
      ])
    let one = try await RecorderProgram.run([
      "cassette", "show", path, "--call", "2", "-protoset", schema,
    ])
    let lines = one.output.replacing(/\+\d+\.\d{3} s/, with: "+T")
    #expect(
      lines == """
        call 2 /kitchen.v1.Kitchen/Cook
          1  +T  begins
          2  +T  request  {"size":-1}
          3  +T  no more requests
          4  +T  INVALID_ARGUMENT: size must not be negative  without headers  x-why: size

        """)
    let none = try await RecorderProgram.run(["cassette", "show", path, "--call", "7"])
    #expect(none.code == 1)
    #expect(none.errors.contains("has no call 7"))
  }

  @Test("grep finds values by pattern and says where they are; nothing found is 1")
  func searched() async throws {
    let path = try await cook("cook.rpcas")
    let found = try await RecorderProgram.run([
      "cassette", "grep", "^(Ana|sop.)$", path, "-protoset", schema,
    ])
    #expect(found.code == 0, "\(found.errors)")
    #expect(
      found.output == """
        call 1 request 1 name: Ana
        call 1 response 1 label: sopa
        call 1 response 1 children[0].label: Ana

        """)
    let none = try await RecorderProgram.run(["cassette", "grep", "Eva", path])
    #expect(none.code == 1)
    let broken = try await RecorderProgram.run(["cassette", "grep", "(", path])
    #expect(broken.code == 2)
  }

  @Test("merge and prune make whole cassettes of the calls that they are to have")
  func edited() async throws {
    let first = try await cook("first.rpcas")
    let second = try await record("second.rpcas") { _ = try await KitchenScene.calls($0) }
    let merged = folder.file("merged.rpcas")
    let ended = try await RecorderProgram.run([
      "cassette", "merge", first, second, "--out", merged,
    ])
    #expect(ended.code == 0, "\(ended.errors)")
    let whole = try Cassette(RecorderProgram.bytes(merged))
    let parts = try [first, second].map { try Cassette(RecorderProgram.bytes($0)) }
    #expect(whole.calls.map(\.header) == parts.flatMap { $0.calls.map(\.header) })
    #expect(
      whole.calls.map { $0.entries.map(\.event) }
        == parts.flatMap { $0.calls.map { $0.entries.map(\.event) } })
    #expect(whole.entries.map(\.offset) == whole.entries.map(\.offset).sorted())

    let pruned = folder.file("pruned.rpcas")
    let kept = try await RecorderProgram.run([
      "cassette", "prune", merged, "--keep", "/Cook$", "--call", "7", "--out", pruned,
    ])
    #expect(kept.errors == "4 of 7 calls in \(pruned)\n")
    let rest = try Cassette(RecorderProgram.bytes(pruned))
    #expect(rest.calls.map(\.id) == [1, 2, 3, 4])
    #expect(rest.calls.map(\.header.path).last == "/kitchen.v1.Kitchen/Watch")

    let again = try await RecorderProgram.run([
      "cassette", "prune", merged, "--drop", "Cook", "--out", pruned,
    ])
    #expect(again.code == 1)
    #expect(again.errors.contains("exists"))
  }

  @Test("lint names the entry that was changed, and where the file was cut off")
  func damaged() async throws {
    let sample = try SampleCassette()
    var flipped = sample.bytes
    let inTheMiddle = sample.ends[6] + 20
    flipped[inTheMiddle] ^= 0x10
    let entry = sample.number(at: inTheMiddle)
    let changed = try await RecorderProgram.run([
      "cassette", "lint", try write(flipped, "flipped.rpcas"),
    ])
    #expect(changed.code == 1)
    #expect(
      changed.output.hasPrefix(
        "\(folder.file("flipped.rpcas")): entry \(entry) at byte \(sample.ends[6]) "),
      "\(changed.output)")

    let short = Array(sample.bytes.dropLast(3))
    let last = sample.ends.count
    let cut = try await RecorderProgram.run(["cassette", "lint", try write(short, "cut.rpcas")])
    #expect(cut.code == 1)
    #expect(
      cut.output.contains("entry \(last) at byte \(sample.ends[last - 2]) is cut off"),
      "\(cut.output)")
  }

  @Test("lint refuses what looks like people, and names entry and field")
  func personal() async throws {
    let path = try await record("personal.rpcas") { transport in
      let client = KitchenV1.KitchenClient(RPCClient(transport: transport))
      for name in [
        "ana.lopez@gob.gt", "call +502 5555 1234", "2345 67899 0101", "ana@example.org",
        "+50201234567",
      ] {
        _ = try await client.cook(.with { $0.name = name })
      }
    }
    let ended = try await RecorderProgram.run(["cassette", "lint", path, "-protoset", schema])
    #expect(ended.code == 1)
    let shapes = ["an e-mail address", "a telephone number", "a CUI"]
    let expected = shapes.enumerated().flatMap { index, shape in
      [(2, "request name"), (5, "response children[0].label")].map { entry, field in
        "\(path): call \(index + 1), entry \(entry), \(field): it has the shape of \(shape)"
      }
    }
    #expect(ended.output.split(separator: "\n").map(String.init) == expected)
  }

  @Test("Python's protobuf reads a cassette by gRPC's own definition of binary logs")
  func binaryLog() async throws {
    let path = try await record("log.rpcas") { _ = try await KitchenScene.calls($0) }
    let set = folder.file("binarylog.protoset")
    try await RecorderProgram.protoc(
      "/usr/share/grpc-proto", "grpc/binlog/v1/binarylog.proto", to: set)
    let lines = try await RecorderProgram.python("read_binlog.py", [path, set])
    let read = try lines.map { try JSONDecoder().decode(Logged.self, from: Data($0.utf8)) }
    // What begins and ends a cassette is to others an entry of no type.
    #expect(read.first?.type == "EVENT_TYPE_UNKNOWN")
    #expect(read.last?.type == "EVENT_TYPE_UNKNOWN")
    let cassette = try Cassette(RecorderProgram.bytes(path))
    #expect(Array(read.dropFirst().dropLast()) == cassette.entries.map(Logged.init))
  }
}

/// An entry as others read it.
private struct Logged: Decodable, Equatable {
  var call: UInt64
  var number: UInt64
  var type: String
  var method = ""
  var message: [UInt8] = []
  var status: Int = 0
  var text = ""
  var metadata: [String] = []

  init(_ entry: CassetteEntry) {
    call = entry.call
    number = entry.number
    switch entry.event {
    case .clientHeader(let header):
      type = "EVENT_TYPE_CLIENT_HEADER"
      method = header.path
      metadata = header.metadata.map(\.name)
    case .serverHeader: type = "EVENT_TYPE_SERVER_HEADER"
    case .clientMessage(let message):
      type = "EVENT_TYPE_CLIENT_MESSAGE"
      self.message = message.bytes
    case .serverMessage(let message):
      type = "EVENT_TYPE_SERVER_MESSAGE"
      self.message = message.bytes
    case .clientHalfClose: type = "EVENT_TYPE_CLIENT_HALF_CLOSE"
    case .serverTrailer(let trailer):
      type = "EVENT_TYPE_SERVER_TRAILER"
      status = trailer.status.code.wireValue
      text = trailer.status.message
    case .cancel: type = "EVENT_TYPE_CANCEL"
    }
  }
}
