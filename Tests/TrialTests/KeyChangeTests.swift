import Domain
import Foundation
import PostgresFixture
import Protobuf
import RPCCore
import RPCTransportHTTP2
import SafeMobilityAPI
import StoreSamples
import Testing
import Trials

/// `pasarela-server store rotate-key`, killed at any moment: no half-sealed store is served, and nothing is lost.
@Suite("a change of the key that is killed", .serialized, .timeLimit(.minutes(10)))
struct KeyChangeTests {
  enum Engine: CaseIterable {
    case sqlite
    case postgres
  }

  @Test("goes on where it was, and until it has ended nobody serves", arguments: Engine.allCases)
  func killed(_ engine: Engine) async throws {
    let server = engine == .postgres ? try PostgresServer() : nil
    let world = try await TrialWorld(seed: 11, householdCount: 1_500, postgres: server)
    // Somebody is told of, so that the log has whose case it was.
    try world.start()
    let before = try await registrations(world)
    try world.stop()
    var killCount = 0
    var milliseconds = engine == .postgres ? 2_300 : 150
    while true {
      let change = try world.keyChange()
      if let code = try change.exitCode(within: .milliseconds(milliseconds)) {
        #expect(code == 0, "\(change.standardError)")
        break
      }
      change.kill()
      milliseconds += 150
      try #require(milliseconds < 20_000)
      do {
        try world.start()
        // Killed before its first unit, it has changed nothing.
        try #require(killCount == 0)
        try world.stop()
      } catch let refused as TrialFailure {
        killCount += 1
        let said = refused.description
        // Or it had only the files to write anew.
        let states = ["half way from one key to another", "made with another key"]
        #expect(states.contains { said.contains($0) }, "\(said)")
      }
    }
    #expect(killCount > 0)
    print("\(killCount) kills")
    // The old key is for nothing now.
    let refused = #expect(throws: TrialFailure.self) { try world.start() }
    #expect(refused?.description.contains("made with another key") == true)
    try world.takeNewKey()
    try world.start()
    #expect(try await registrations(world) == before)
    try world.stop()
  }

  /// Some households, with all that is sealed of them.
  private func registrations(_ world: TrialWorld) async throws -> [SafeMobility.Registration] {
    let channel = try world.channel()
    let client = SafeMobility.ApplicantServiceClient(
      TrialWorld.client(channel, as: "iom/SCREENER"))
    let answer = try await client.batchGetRegistrations(
      .with {
        $0.names = world.households.prefix(100).map { "registrations/\($0.registration.id)" }
        $0.view = .full
      })
    await channel.close()
    #expect(answer.results.count == 100)
    return answer.results.compactMap { result in
      guard case .registration(let registration) = result.result else { return nil }
      return registration
    }
  }
}
