internal import NIOCore
internal import NIOSSL
internal import RPCCore

extension TLSConfiguration {
  /// The settings for NIOSSL; reads the files.
  func serverContext() throws -> NIOSSL.TLSConfiguration {
    var tls = NIOSSL.TLSConfiguration.makeServerConfiguration(
      certificateChain: try NIOSSLCertificate.fromPEMFile(certificatePath)
        .map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(file: privateKeyPath, format: .pem)))
    tls.minimumTLSVersion = .tlsv12
    tls.applicationProtocols = ["h2"]
    if let clientCAPath {
      tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(clientCAPath))
      // For a server this means: the client must show a certificate, and it must be valid.
      tls.certificateVerification = .noHostnameVerification
    }
    return tls
  }
}

extension ClientTLSConfiguration {
  /// The settings for NIOSSL; reads the files.
  func clientContext() throws -> NIOSSL.TLSConfiguration {
    var tls = NIOSSL.TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    tls.applicationProtocols = ["h2"]
    if let trustRootsPath {
      tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(trustRootsPath))
    }
    if let certificatePath, let privateKeyPath {
      tls.certificateChain = try NIOSSLCertificate.fromPEMFile(certificatePath)
        .map { .certificate($0) }
      tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: privateKeyPath, format: .pem))
    }
    return tls
  }
}

extension PeerIdentity {
  /// Who is at the other end of a channel whose handshake, if any, is over. Called on its loop.
  init(of channel: any Channel) {
    var address = "unix:"
    if let remote = channel.remoteAddress, let ip = remote.ipAddress, let port = remote.port {
      address = Endpoint.tcp(host: ip, port: port).description
    }
    guard
      let tls = try? channel.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)
    else {
      self.init(address: address)
      return
    }
    // A server without a client CA never asks for a certificate, so one that is here was verified.
    let uris =
      tls.peerCertificate?._subjectAlternativeNames().filter { $0.nameType == .uri }.map { name in
        // SAFETY: the bytes are only copied inside the closure.
        unsafe name.contents.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
      } ?? []
    self.init(address: address, secure: true, uris: uris)
  }
}
