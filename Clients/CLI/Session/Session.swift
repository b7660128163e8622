import Protobuf
import RPCCore
import SafeMobilityAPI
import SafeMobilityClient

/// A client for the length of one command.
struct Session: Sendable {
  let client: SafeMobilityClient
  let format: OutputFormat
  let givenEtag: String?
  private let callOptions: CallOptions
  /// What goes with every call.
  private let metadata: Metadata
  let arguments: [String]

  /// - Throws: `ValidationError` for what is missing or does not fit together
  init(
    _ options: GlobalOptions, purpose: SafeMobility.Purpose, in surroundings: Surroundings
  ) throws {
    let surroundings = try options.inContext(surroundings)
    metadata = try HeaderOptions.kept(in: surroundings)
    let connection = try options.connection(usual: purpose, in: surroundings)
    do {
      client = try surroundings.connect(connection)
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw CommandFailure("--end-user must be printable ASCII: it travels as metadata")
    }
    format = options.format(in: surroundings)
    givenEtag = options.etag
    callOptions = CallOptions(timeout: try options.timeout(in: surroundings))
    arguments = surroundings.arguments
  }

  func close() async { await client.close() }

  /// Makes a call.
  ///
  /// - Throws: ``CommandFailure`` that says what to do about it
  func call<Request: Protobuf.Message & RPCMessage, Response: RPCMessage>(
    _ method: MethodDescriptor, _ request: Request
  ) async throws(CommandFailure) -> Response {
    try await call(method, request, repetition: Repetition(of: request, typed: arguments))
  }

  /// Makes a call whose repetition is known.
  ///
  /// - Throws: ``CommandFailure`` that says what to do about it
  func call<Response: RPCMessage>(
    _ method: MethodDescriptor, _ request: some RPCMessage, repetition: Repetition
  ) async throws(CommandFailure) -> Response {
    do {
      return try await client.rpc.unary(
        method, request, metadata: metadata, options: callOptions, as: Response.self
      ).message
    } catch {
      let failure = CallFailure(error)
      throw CommandFailure(
        FailureText.text(of: failure, method: method, repetition: repetition),
        exitCode: 64 + Int32(failure.code.rawValue))
    }
  }

  /// The etag to send with a change: the one given, or that of the resource's newest version.
  func etag(of name: String) async throws(CommandFailure) -> String {
    if let givenEtag { return givenEtag }
    return try await readEtag(of: name)
  }

  /// Everybody of a registration, the principal first.
  func household(of registration: String) async throws(CommandFailure) -> [String] {
    let household = try await self.registration(registration, view: .basic)
    return [household.principal] + household.members.map(\.person)
  }
}
