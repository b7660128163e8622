import ArgumentParser
import RPCCore
import RPCTransportHTTP2
import SafeMobilityAPI
import SafeMobilityClient

/// Any gRPC server, for as long as one command works with it.
struct ToolServer: Sendable {
  let client: SafeMobilityClient
  let connection: Surroundings.Connection
  /// What goes with every call.
  let metadata: Metadata
  /// How long a call may take; nil when nobody said.
  let timeout: Duration?

  /// - Parameter purpose: what calls are for when nobody says; nil for servers that know no purposes
  /// - Throws: `ValidationError` for what is missing or does not fit together
  init(
    _ options: GlobalOptions, _ headers: HeaderOptions, purpose: SafeMobility.Purpose? = nil,
    isDry: Bool = false, in surroundings: Surroundings
  ) throws {
    let surroundings = try options.inContext(surroundings)
    connection = try options.connection(usual: purpose, in: surroundings)
    metadata = try headers.metadata(in: surroundings)
    timeout = try options.givenTimeout(in: surroundings)
    do {
      client =
        isDry
        ? try SafeMobilityClient(
          transport: DryTransport(connection), identity: connection.developmentIdentity,
          purpose: connection.purpose, endUser: connection.endUser, configuration: .command)
        : try surroundings.connect(connection)
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw CommandFailure("--end-user must be printable ASCII: it travels as metadata")
    }
  }

  /// Does something with a server and closes the connection, however that ends.
  func use<Result>(
    _ body: (ToolServer) async throws -> Result
  ) async throws -> Result {
    do {
      let result = try await body(self)
      await client.close()
      return result
    } catch {
      await client.close()
      throw error
    }
  }
}

/// `[HOST:PORT] WORD`, as grpcurl has it: the server before what is asked of it.
struct ServerWords {
  /// The server, if one was named.
  var target: TargetAddress?
  /// What else there is, if anything.
  var word: String?

  /// - Parameter takesAddressAlone: whether one word can be a server; else it is what is asked
  /// - Throws: `ValidationError`
  init(_ words: [String], takesAddressAlone: Bool) throws {
    guard words.count <= 2 else {
      throw ValidationError("'\(words[2])' is one word too many")
    }
    if words.count == 2 || takesAddressAlone && words.first?.contains(":") == true {
      guard let target = TargetAddress(argument: words[0]) else {
        throw ValidationError("'\(words[0])' is no server: give HOST:PORT or unix:PATH")
      }
      self.target = target
      word = words.dropFirst().first
    } else {
      word = words.first
    }
  }
}

extension GlobalOptions {
  /// The options, for the server that was named before what is asked of it, if one was.
  func at(_ target: TargetAddress?) -> GlobalOptions {
    var options = self
    if let target { options.target = target }
    return options
  }

  /// Whether it is known where the server is.
  ///
  /// - Throws: ``CommandFailure`` when the context to be used cannot be had
  func hasTarget(in surroundings: Surroundings) throws(CommandFailure) -> Bool {
    if target != nil { return true }
    return try inContext(surroundings).variable("PASARELA_TARGET") != nil
  }
}

extension Surroundings.Connection {
  /// Who says to be calling, on a plaintext connection.
  var developmentIdentity: DevelopmentIdentity? {
    if case .development(let caller) = identity { caller } else { nil }
  }

  /// Whether the connection is encrypted.
  var isEncrypted: Bool {
    switch identity {
    case .certificate: true
    case .anonymous(let tls): tls != nil
    case .development: false
    }
  }
}
