import CallRecorder
import Foundation
import Protobuf
import RPCCore
import RPCTransportHTTP2
import SafeMobilityAPI
import ServiceFixture
import Testing
import Trials

/// What a recording of the programme keeps of people: nothing.
@Suite("persons in recordings", .serialized, .timeLimit(.minutes(3)))
struct PersonsTests {
  /// Parts of what the household below is called and has; none of them is a word of the programme's.
  private static let secrets = [
    "Ixchel", "Pérez", "Ñuñez", "Quej", "Tzoc", "Evarista", "50212345678",
    "ixchel.perez",
    "correo.gt", "Cantel", "A0123456", "desk-7",
  ]

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The household's registration, through the proxy: with our command line, and read by a stock client.
  private func visit(_ address: Endpoint) async throws -> [RecorderProgram.Ended] {
    let caller = [
      "--target", "\(address)", "--insecure", "--as", "iom/CONTACT_CENTRE", "--end-user", "desk-7",
    ]
    var steps: [RecorderProgram.Ended] = []
    func run(_ arguments: [String]) async throws {
      steps.append(try await RecorderProgram.run(arguments + caller))
    }
    try await run([
      "registration", "create", "--name", "Ana Ixchel Pérez Ñuñez", "--birth-date", "1990-02-28",
      "--sex", "F", "--phone", "+50212345678", "--email", "ixchel.perez@correo.gt", "--subdivision",
      "GT-09", "--municipality", "Cantel", "--language", "kek", "--host-status", "IN_OWN_COUNTRY",
      "--member", "SPOUSE:Juan Quej Tzoc:1988-11-03:M", "--member", "CHILD:Evarista Quej:2012",
      "-o", "value=registration.name",
    ])
    let name = steps[0].output.trimmingCharacters(in: .whitespacesAndNewlines)
    try await run(["registration", "show", name, "--full", "-o", "value=registration.principal"])
    let principal = steps[1].output.trimmingCharacters(in: .whitespacesAndNewlines)
    try await run([
      "registration", "add-document", name, "--person", principal, "--type", "PASSPORT", "--number",
      "A0123456", "--issued", "2020-01-01", "--expires", "2030-01-01",
    ])
    try await run(["registration", "show", name, "--full", "-o", "json"])
    let request = try SafeMobility.GetRegistrationRequest.with { $0.name = name }.serializedBytes()
    let said = try await RecorderProgram.python(
      "program_call.py",
      [
        "\(address)", "/safemobility.v1.ApplicantService/GetRegistration", "iom/CONTACT_CENTRE",
        "PROCESSING", request.map { String(Int($0) + 0x100, radix: 16).dropFirst() }.joined(),
      ])
    #expect(said == ["OK"])
    return steps
  }

  /// Records the visit; what the clients saw, and the cassette's path.
  private func record(
    _ world: World, _ name: String, _ options: [String] = []
  ) async throws -> (seen: [RecorderProgram.Ended], path: String) {
    let path = folder.file(name)
    let seen = try await KitchenScene.listen(world.router) { address in
      let proxy = try RecorderProgram.Serving(
        [
          "record", "--listen", "127.0.0.1:0", "--to", "\(address)", "--insecure", "--out", path,
        ] + options)
      let seen = try await visit(proxy.endpoint)
      let ended = try proxy.stop()
      #expect(ended.code == 0 && !ended.errors.contains("not recorded"), "\(ended.errors)")
      return seen
    }
    for step in seen { #expect(step.code == 0, "\(step.errors)") }
    return (seen, path)
  }

  @Test("a recording has none of their names, numbers, phones or addresses, and lint lets it pass")
  func redacted() async throws {
    let world = try await World()
    _ = try await world.openWindow()
    let (seen, path) = try await record(world, "household.rpcas")
    // Who calls through the proxy gets everything as it is.
    for secret in Self.secrets.prefix(9) {
      #expect(seen.contains { $0.output.contains(secret) }, "\(secret)")
    }
    let bytes = try RecorderProgram.bytes(path)
    for secret in Self.secrets {
      #expect(bytes.firstRange(of: Array(secret.utf8)) == nil, "\(secret)")
    }
    let cassette = try Cassette(bytes)
    try #require(cassette.calls.count == 5)
    try checkPseudonyms(cassette)
    let lint = try await RecorderProgram.run(["cassette", "lint", path])
    #expect(lint.code == 0, "\(lint.output)\(lint.errors)")
    let show = try await RecorderProgram.run(["cassette", "show", path, "--call", "1"])
    #expect(show.output.contains("principal.full_name"), "\(show.output)")
  }

  /// One who was written down twice has the same pseudonym twice.
  private func checkPseudonyms(_ cassette: Cassette) throws {
    try #require(cassette.calls[3].responses.count == 1)
    let first = try SafeMobility.CreateRegistrationRequest(
      serializedBytes: cassette.calls[0].requests[0].bytes)
    let later = try SafeMobility.GetRegistrationResponse(
      serializedBytes: cassette.calls[3].responses[0].bytes)
    let persons = later.registration?.persons ?? []
    let name = try #require(first.principal?.fullName)
    #expect(name.count == "Ana Ixchel Pérez Ñuñez".count)
    #expect(persons.map(\.fullName).contains(name))
    #expect(Set(persons.map(\.fullName)).count == 3)
  }

  @Test("a recording that was not redacted is refused, by entry and field")
  func unredacted() async throws {
    let world = try await World()
    _ = try await world.openWindow()
    let (_, path) = try await record(world, "open.rpcas", ["--unredacted"])
    let lint = try await RecorderProgram.run(["cassette", "lint", path])
    #expect(lint.code == 1)
    for field in [
      "principal.full_name", "principal.phone", "principal.email", "members.person.full_name",
    ] {
      #expect(
        lint.output.contains("\(path): call 1, entry 2, request \(field): the schema says"),
        "\(field) in \(lint.output)")
    }
  }

  @Test("a redacted recording replays to the command line, with pseudonyms")
  func replayed() async throws {
    let world = try await World()
    _ = try await world.openWindow()
    let (seen, path) = try await record(world, "household.rpcas")
    let server = try RecorderProgram.Serving(["replay", path, "--listen", "127.0.0.1:0"])
    let again = try await visit(server.endpoint)
    let ended = try server.stop()
    #expect(ended.errors == "5 of 5 recorded calls were asked for\n")
    #expect(again.map(\.code) == seen.map(\.code), "\(again.map(\.errors))")
    for secret in Self.secrets {
      #expect(!again.contains { $0.output.contains(secret) }, "\(secret)")
    }
  }
}
