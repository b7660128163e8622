import Protobuf
import RPCCore
import RPCTransportHTTP2
import SafeMobilityClient
import StoreSamples
import Synchronization
import Trials

/// A write the server has answered, and how to ask for it again.
struct Acknowledged: Sendable {
  /// What was written, for messages.
  let name: String
  /// Repeats the request with its `request_id`, on a connection of now, and tells whether the answer is the same.
  let isStillAnswered: @Sendable (HTTP2Channel) async throws -> Bool
}

/// Somebody at work, over one connection.
struct Clerk: Sendable {
  let channel: HTTP2Channel
  let identity: String
  var purpose = "PROCESSING"

  var client: RPCClient { TrialWorld.client(channel, as: identity, purpose: purpose) }

  func on(_ channel: HTTP2Channel) -> Clerk {
    Clerk(channel: channel, identity: identity, purpose: purpose)
  }

  func `as`(_ identity: String, for purpose: String = "PROCESSING") -> Clerk {
    Clerk(channel: channel, identity: identity, purpose: purpose)
  }
}

/// Clients that write as fast as they are answered, until the server is gone.
final class WriteLoad: Sendable {
  /// The server is gone, or has said what it should not: no more can be done.
  private struct Ended: Error {}
  /// Somebody else was faster; what comes next is begun anew.
  private struct Overtaken: Error {}

  private let acknowledged = Mutex<[Acknowledged]>([])
  private let refusals = Mutex<[String]>([])

  /// The writes answered so far.
  var all: [Acknowledged] { acknowledged.withLock { $0 } }
  /// Refusals no honest caller should get.
  var unexpected: [String] { refusals.withLock { $0 } }

  /// Does the same again and again, until the server is gone.
  func repeatedly(_ work: () async throws -> Void) async {
    while !Task.isCancelled {
      do {
        try await work()
      } catch is Overtaken {
        continue
      } catch is Ended {
        return
      } catch {
        return refusals.withLock { $0.append("\(error)") }
      }
    }
  }

  /// Sends a write and remembers it once it is answered.
  ///
  /// - Parameter races: reasons of refusals that others' work may bring about
  func write<Request: Sendable, Response: Equatable & Sendable>(
    _ request: Request, named name: String, by clerk: Clerk, races: Set<String> = [],
    _ call: @escaping @Sendable (RPCClient, Request) async throws -> Response
  ) async throws -> Response {
    let response = try await asked(name, races) { try await call(clerk.client, request) }
    acknowledged.withLock {
      $0.append(
        Acknowledged(name: name) { channel in
          try await call(clerk.on(channel).client, request) == response
        })
    }
    return response
  }

  /// Asks for something that changes nothing.
  func read<Response>(
    _ name: String, _ call: () async throws -> Response
  ) async throws -> Response {
    try await asked(name, [], call)
  }

  /// The end of the server ends the work; anything else but a race is what no honest caller should get.
  private func asked<Response>(
    _ name: String, _ races: Set<String>, _ call: () async throws -> Response
  ) async throws -> Response {
    do {
      return try await call()
    } catch {
      let failure = (error as? RPCError).map { CallFailure($0) }
      if let reason = failure?.reason, races.contains(reason) { throw Overtaken() }
      if failure?.code != .unavailable, failure?.code != .cancelled {
        refusals.withLock { $0.append("\(name): \(failure.map { "\($0)" } ?? "\(error)")") }
      }
      throw Ended()
    }
  }
}
