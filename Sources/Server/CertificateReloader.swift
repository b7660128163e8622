import Logging
import RPCTransportHTTP2
import ServiceLifecycle
import UnixSignals

/// Reads the server's certificate anew on SIGHUP and from time to time, so that a renewed one is used without a
/// restart; calls that run go on.
struct CertificateReloader: Service {
  let server: HTTP2Server
  let interval: Duration
  let logger: Logger

  func run() async {
    let signals = await UnixSignalsSequence(trapping: .sighup)
    await cancelWhenGracefulShutdown {
      await withTaskGroup { group in
        group.addTask { for await _ in signals { reload() } }
        group.addTask { while (try? await Task.sleep(for: interval)) != nil { reload() } }
      }
    }
  }

  private func reload() {
    do {
      try server.reloadCertificates()
      logger.debug("read the certificate anew")
    } catch {
      logger.error("the certificate could not be read anew; the old one stays in use: \(error)")
    }
  }
}
