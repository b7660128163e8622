import ArgumentParser
import Foundation
import RPCTransportHTTP2

/// Where to listen, and what proves who is calling.
struct ListenOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "HOST:PORT, [V6]:PORT or unix:PATH; may be repeated. Port 0 picks a free port.",
      valueName: "ADDRESS"))
  var listen: [ListenAddress]

  @Option(help: "The server's certificate with its intermediates, PEM.")
  var tlsCert: String?

  @Option(help: "The private key of the certificate, PEM.")
  var tlsKey: String?

  @Option(help: "The authorities that sign the partners' certificates, PEM.")
  var clientCa: String?

  @Flag(help: "Serve in plaintext; callers name themselves. Loopback and unix sockets only.")
  var insecure = false

  @Flag(help: "With --insecure: plaintext on any address. Everybody can claim to be anybody.")
  var insecureAnywhere = false

  func validate() throws {
    let files = [tlsCert, tlsKey, clientCa].compactMap { $0 }
    if insecure {
      guard files.isEmpty else {
        throw ValidationError(
          "--insecure is plaintext: leave out --tls-cert, --tls-key, --client-ca")
      }
      if !insecureAnywhere, let open = listen.map(\.endpoint).first(where: { !$0.isLocal }) {
        throw ValidationError(
          "\(open) can be reached from other machines: plaintext is for 127.0.0.1, [::1], "
            + "localhost and unix:PATH; use TLS, or add --insecure-anywhere")
      }
      return
    }
    guard !insecureAnywhere else {
      throw ValidationError("--insecure-anywhere only goes with --insecure")
    }
    guard files.count == 3 else {
      throw ValidationError(
        "give --tls-cert, --tls-key and --client-ca, or --insecure for plaintext on this machine")
    }
  }

  /// The files of TLS, each readable; nil for plaintext.
  ///
  /// - Throws: `StartupFailure`
  func tls() throws -> TLSConfiguration? {
    guard let tlsCert, let tlsKey, let clientCa else { return nil }
    for path in [tlsCert, tlsKey, clientCa]
    where !FileManager.default.isReadableFile(atPath: path) {
      throw StartupFailure("cannot read \(path): check the path and who may read the file")
    }
    return TLSConfiguration(
      certificatePath: tlsCert, privateKeyPath: tlsKey, clientCAPath: clientCa)
  }
}

/// One address to listen on.
struct ListenAddress: ExpressibleByArgument {
  let endpoint: Endpoint

  init?(argument: String) {
    guard let endpoint = Endpoint(argument) else { return nil }
    self.endpoint = endpoint
  }
}
