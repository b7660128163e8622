import Foundation
import Protobuf
import RPCCore
import RPCPolicy
import RPCTransportHTTP2
import SafeMobilityAPI
import Testing

@testable import SafeMobilityClient

/// Watching servers that end, over real connections.
@Suite struct WatchOverHTTP2Tests {
  /// Tells the events up to the last, and then nothing more.
  private struct Feed: SafeMobility.ReferralService {
    let last: Int

    func watchReferrals(
      _ request: SafeMobility.WatchReferralsRequest,
      responses: ResponseStream<SafeMobility.WatchReferralsResponse>, call: ServerCall
    ) async throws {
      var number = Int(request.resumeToken.dropFirst("token-".count)) ?? 0
      while number < last {
        number += 1
        try await responses.write(WatchedFeed.event(number))
      }
      try await Task.sleep(for: .seconds(60))
    }
  }

  private static func serve(
    _ feed: Feed, on endpoint: Endpoint, until body: @Sendable () async -> Void
  ) async throws {
    var configuration = HTTP2Server.Configuration(listen: [endpoint])
    configuration.shutdownGrace = .milliseconds(100)
    let listening = AsyncStream.makeStream(of: Void.self)
    configuration.onListening = { _ in listening.continuation.yield() }
    let server = HTTP2Server(configuration: configuration, router: Router(services: [feed]))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      for await _ in listening.stream { break }
      await body()
      server.shutdownGracefully()
      try await group.waitForAll()
    }
  }

  @Test("a watch outlives its servers, and hears of each change once", .timeLimit(.minutes(1)))
  func servers() async throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(RequestID.make()).sock")
      .path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var configuration = SafeMobilityClient.Configuration()
    configuration.watchBackoff = Backoff(
      initial: .milliseconds(10), multiplier: 2, max: .milliseconds(100))
    configuration.channel.backoff = Backoff(
      initial: .milliseconds(10), multiplier: 2, max: .milliseconds(100))
    let client = try SafeMobilityClient(
      target: "unix:\(path)", identity: .anonymous(tls: nil), configuration: configuration)
    let (versions, told) = AsyncStream.makeStream(of: Int64.self)
    let watch = Task {
      for try await event in client.watchReferrals(from: "token-0") {
        if case .changed(let change, _) = event { told.yield(change.status?.version ?? 0) }
      }
    }
    var heard: [Int64] = []
    for round in 1...3 {
      let news = AsyncStream.makeStream(of: [Int64].self)
      try await Self.serve(Feed(last: 2 * round), on: .unix(path: path)) {
        var two: [Int64] = []
        for await version in versions {
          two.append(version)
          if two.count == 2 { break }
        }
        news.continuation.yield(two)
      }
      for await two in news.stream {
        heard += two
        break
      }
    }
    watch.cancel()
    try await watch.value
    await client.close()
    #expect(heard == [1, 2, 3, 4, 5, 6])
  }
}
