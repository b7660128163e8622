import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import SafeMobilityClient
import ServiceFixture
import Services
import Storage
import Testing

@Suite("Watching registrations", .timeLimit(.minutes(1)))
struct RegistrationWatchTests {
  typealias Stream = WatchedCall<SafeMobility.WatchRegistrationsResponse>

  private func watch(
    _ watched: KindCase, filter: String = "", program: String = ""
  ) async throws -> Stream {
    let list = try await watched.watcher.applicants.listRegistrations(
      .with {
        $0.filter = filter
        $0.program = program
      })
    let stream = try Stream(
      watched.world.router, watched.watcher, watched.method,
      SafeMobility.WatchRegistrationsRequest.with {
        $0.filter = filter
        $0.program = program
        $0.resumeToken = list.resumeToken
      })
    await stream.begun()
    return stream
  }

  @Test(
    "a registration comes as it is now, without its persons",
    arguments: World.StoreKind.allCases)
  func follows(_ kind: World.StoreKind) async throws {
    let watched = try await KindCase(.registrations, kind)
    let stream = try await watch(watched, program: ProgramDeskTests.name)
    let draft = try await watched.draft()
    let event = try await stream.change()
    let read = try await watched.watcher.applicants.getRegistration(
      .with { $0.name = draft.name })
    #expect(event.registration == read.registration)
    #expect(event.registration?.persons.isEmpty == true)
    #expect(event.registration?.answers == nil)
    let status = try #require(event.status)
    #expect(status.type == .created)
    #expect(status.version == 1)
    #expect(status.state == "REGISTRATION_STATE_DRAFT")
    #expect(status.actorClass == .staff)
    #expect(status.eventTime == draft.createTime)
  }

  @Test("what leaves the filter by its state is removed, without a reason or the resource")
  func state() async throws {
    let watched = try await KindCase(.registrations)
    let stream = try await watch(watched, filter: "state = DRAFT AND channel = CONTACT_CENTRE")
    let other = try await watched.draft { $0.registration?.channel = .office }
    try await watched.cycle()
    let entered = try await stream.change()
    #expect(entered.status?.type == .created)
    #expect(entered.status?.resource != other.name)
    let left = try await stream.change()
    #expect(left.eventNo == 2)
    #expect(left.status?.type == .removed)
    #expect(left.status?.resource == entered.status?.resource)
    #expect(left.status?.state == "")
    #expect(left.status?.actorClass == .unspecified)
    #expect(left.registration == nil)
  }

  @Test("what is corrected comes into the filter, and out of it")
  func correction() async throws {
    let watched = try await KindCase(.registrations)
    let stream = try await watch(watched, filter: "language_code = mam")
    let draft = try await watched.draft()
    func correct(_ language: String, etag: String) async throws -> String {
      let answer = try await watched.caller("CONTACT_CENTRE").applicants.updateRegistration(
        .with {
          $0.registration = .with {
            $0.name = draft.name
            $0.languageCode = language
          }
          $0.updateMask = GoogleProtobuf.FieldMask(paths: ["language_code"])
          $0.etag = etag
          $0.requestId = requestID()
        })
      return try #require(answer.registration?.etag)
    }
    // Each is looked at before the next is made, because nobody knows what it was in between.
    var etag = try await correct("mam", etag: draft.etag)
    let entered = try await stream.change()
    #expect(entered.status?.type == .updated)
    #expect(entered.registration?.languageCode == "mam")
    etag = try await correct("kek", etag: etag)
    let left = try await stream.change()
    #expect(left.status?.type == .removed)
    #expect(left.status?.resource == draft.name)
    #expect(left.eventNo == 2)
    let list = try await watched.watcher.applicants.listRegistrations(
      .with { $0.filter = "language_code = kek AND subdivision_code = GT-09" })
    #expect(list.registrations.map(\.name) == [draft.name])
  }

  @Test(
    "a filter that a stream cannot keep is refused",
    arguments: ["receipt = X", "state", "state = NOWHERE", "language_code > mam"])
  func badFilter(_ filter: String) async throws {
    let watched = try await KindCase(.registrations)
    let stream = try Stream(
      watched.world.router, watched.watcher, watched.method,
      SafeMobility.WatchRegistrationsRequest.with {
        $0.filter = filter
        $0.resumeToken = "00"
      })
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await stream.next()
    }
    #expect(refused?.fields.contains("filter") == true)
  }

  @Test("a change between two pages of a list is not lost to the stream behind it")
  func pages() async throws {
    let watched = try await KindCase(.registrations)
    let caller = watched.watcher
    _ = try await watched.draft()
    let first = try await caller.applicants.listRegistrations(.with { $0.pageSize = 1 })
    #expect(first.registrations.count == 1)
    #expect(first.resumeToken == "")
    let between = try await watched.draft { $0.principal?.fullName = "Ana Tot" }
    var token = first.nextPageToken
    var resumeToken = ""
    while !token.isEmpty {
      let page = try await caller.applicants.listRegistrations(
        .with { [token] in
          $0.pageSize = 1
          $0.pageToken = token
        })
      (token, resumeToken) = (page.nextPageToken, page.resumeToken)
    }
    let stream = try await watched.watch(from: resumeToken)
    #expect(try await stream.events(1).first?.change.resource == between.name)
  }
}
