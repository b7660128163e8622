import Protobuf
import SafeMobilityAPI
import Testing

/// Requests from files and standard input.
@Suite struct FileTests {
  private typealias Applicants = SafeMobility.ApplicantServiceMethods

  private func run(_ file: String?, _ line: String) async -> (CommandRun, FakeServer) {
    var world = CommandWorld(server: Sample.server())
    world.files["-"] = file
    return (await world.run(line), world.server)
  }

  @Test("a request on standard input is sent as it is, with a request id of its own")
  func standardInput() async throws {
    let (run, server) = await run(
      #"{"registration": {"program": "programs/p"}, "principal": {"fullName": "Ana"}}"#,
      "registration create --file -")
    #expect(run.code == 0, "\(run.errors)")
    let request = try #require(
      server.requests(
        to: Applicants.createRegistration, as: SafeMobility.CreateRegistrationRequest.self
      )
      .first)
    #expect(request.registration?.program == "programs/p")
    #expect(request.principal?.fullName == "Ana")
    #expect(!request.requestId.isEmpty)
  }

  @Test("the request id and the etag in a file are kept, unless others are given")
  func kept() async throws {
    let text = """
      {"requestId": "0f8fad5b-d9cb-469f-a165-70867728950e", "etag": "\\"f.1\\"",
       "registration": {"municipality": "Zunil"}, "updateMask": "municipality"}
      """
    let line = "registration update registrations/0reg --file -"
    let (first, server) = await run(text, line)
    #expect(first.code == 0, "\(first.errors)")
    let request = try #require(
      server.requests(
        to: Applicants.updateRegistration, as: SafeMobility.UpdateRegistrationRequest.self
      )
      .first)
    #expect(request.requestId == "0f8fad5b-d9cb-469f-a165-70867728950e")
    #expect(request.etag == "\"f.1\"")
    #expect(request.updateMask?.paths == ["municipality"])

    let (second, other) = await run(
      text, line + " --etag g.2 --request-id 7c9e6679-7425-40de-944b-e07fc1f90ae7 --language mam")
    #expect(second.code == 0, "\(second.errors)")
    let changed = try #require(
      other.requests(
        to: Applicants.updateRegistration, as: SafeMobility.UpdateRegistrationRequest.self
      )
      .first)
    #expect(changed.requestId == "7c9e6679-7425-40de-944b-e07fc1f90ae7")
    #expect(changed.etag == "g.2")
    #expect(changed.updateMask?.paths == ["municipality", "language_code"])
  }

  @Test(
    "a file that is no such request is a failure on this side, and says where",
    arguments: [
      (nil, "cannot read standard input"), ("", "not the JSON"), ("{", "not the JSON"),
      (#"{"registration": {"programme": "p"}}"#, "programme"),
      (#"{"members": [{"relationship": "AUNT"}]}"#, "relationship"),
    ])
  func unreadable(file: String?, says: String) async throws {
    let (run, server) = await run(file, "registration create --file -")
    #expect(run.code == 1)
    #expect(run.errors.contains(says), "\(run.errors)")
    #expect(server.asked.isEmpty)
  }
}
