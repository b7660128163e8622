import ArgumentParser
import RPCTransportHTTP2
import SafeMobilityAPI
import SafeMobilityClient

extension GlobalOptions {
  /// Where to connect and as whom: options first, then the environment, which is to say what the context in use says
  /// (``inContext(_:)``).
  ///
  /// - Parameters:
  ///   - usual: the purpose when none is given; nil for servers that know no purposes
  /// - Throws: `ValidationError` for what is missing or does not fit together
  func connection(
    usual: SafeMobility.Purpose?, in surroundings: Surroundings
  ) throws -> Surroundings.Connection {
    guard let target = try setting(target, "PASARELA_TARGET", in: surroundings) else {
      throw ValidationError(
        "say where the server is: --target HOST:PORT, PASARELA_TARGET, or a context: pasarela ctx set"
      )
    }
    let purpose = try setting(purpose, "PASARELA_PURPOSE", in: surroundings)
    return Surroundings.Connection(
      target: target.target, identity: try identity(in: surroundings),
      purpose: purpose?.value ?? usual,
      endUser: endUser ?? surroundings.variable("PASARELA_END_USER"))
  }

  /// How long a call may take.
  func timeout(in surroundings: Surroundings) throws -> Duration {
    try givenTimeout(in: surroundings) ?? .seconds(30)
  }

  /// How long a call may take, if that was said.
  func givenTimeout(in surroundings: Surroundings) throws -> Duration? {
    try setting(timeout, "PASARELA_TIMEOUT", in: surroundings)?.duration
  }

  /// The format of the answer.
  func format(in surroundings: Surroundings) -> OutputFormat {
    output ?? (surroundings.terminalWidth == nil ? .json : .table)
  }

  /// How the connection to the server is made safe; nil for plaintext.
  func tls(in surroundings: Surroundings) throws -> ClientTLSConfiguration? {
    switch try identity(in: surroundings) {
    case .certificate(let configuration): configuration
    case .anonymous(let configuration): configuration
    case .development: nil
    }
  }

  private func identity(in surroundings: Surroundings) throws -> SafeMobilityClient.Identity {
    let caller = try setting(identity, "PASARELA_AS", in: surroundings)
    // What the command line says of TLS is stronger than a habit in the environment, or a context.
    let saysTLS = tlsCa ?? tlsCert ?? tlsKey ?? tlsServerName != nil
    if insecure || !saysTLS && surroundings.variable("PASARELA_INSECURE") != nil {
      return caller.map { .development($0) } ?? .anonymous(tls: nil)
    }
    guard self.identity == nil else {
      throw ValidationError("--as goes with --insecure; over TLS your certificate says who you are")
    }
    let certificate = tlsCert ?? surroundings.variable("PASARELA_TLS_CERT")
    let key = tlsKey ?? surroundings.variable("PASARELA_TLS_KEY")
    guard (certificate == nil) == (key == nil) else {
      throw ValidationError(
        "a certificate and its private key go together: give --tls-cert and --tls-key")
    }
    let tls = ClientTLSConfiguration(
      trustRootsPath: tlsCa ?? surroundings.variable("PASARELA_TLS_CA"),
      certificatePath: certificate, privateKeyPath: key,
      serverName: tlsServerName ?? surroundings.variable("PASARELA_TLS_SERVER_NAME"))
    return certificate == nil ? .anonymous(tls: tls) : .certificate(tls)
  }

  /// The value of an option, or else of its environment variable.
  private func setting<Value: ExpressibleByArgument>(
    _ value: Value?, _ variable: String, in surroundings: Surroundings
  ) throws -> Value? {
    if let value { return value }
    guard let text = surroundings.variable(variable) else { return nil }
    guard let value = Value(argument: text) else {
      throw ValidationError("\(variable) is set to '\(text)', which is none of what it may be")
    }
    return value
  }
}
