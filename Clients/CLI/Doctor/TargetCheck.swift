import Foundation
import Glibc
import NIOCore
import RPCTransportHTTP2

/// Whether somebody is where the server should be.
struct TargetCheck {
  let target: ChannelTarget
  let limit: Duration

  /// What was found, and the address that took the connection, if one did.
  func look() async -> (finding: Finding, endpoint: Endpoint?) {
    let endpoints: [Endpoint]
    switch target {
    case .unix(let path): endpoints = [.unix(path: path)]
    case .addresses(let literal): endpoints = literal
    case .dns(let host, let port):
      switch await Self.lookUp(host, port) {
      case .success(let found): endpoints = found
      case .failure(let failure): return (Self.unresolved(host, failure), nil)
      }
    }
    var failures: [String] = []
    for endpoint in endpoints {
      do {
        let time = try await Probe(endpoint: endpoint, limit: limit).connect()
        let place = "\(endpoint)" == "\(target)" ? "\(target)" : "\(target) is \(endpoint)"
        let refused = failures.isEmpty ? "" : "; \(failures.joined(separator: ", ")) did not answer"
        return (
          Finding(
            check: "target", verdict: failures.isEmpty ? .ok : .warning,
            found: "\(place); connected in \(PingCommand.text(time))\(refused)",
            next: failures.isEmpty ? nil : "clients try the others first: take them out of the DNS"),
          endpoint
        )
      } catch {
        failures.append("\(endpoint)")
      }
    }
    let isSocket = if case .unix = target { true } else { false }
    return (
      Finding(
        check: "target", verdict: .wrong,
        found: "nobody takes a connection at \(failures.joined(separator: ", "))",
        next: isSocket
          ? "check the path, that the server runs, and that you may open the socket"
          : "check the port, that the server runs, and what firewalls let through"), nil
    )
  }

  private static func unresolved(_ host: String, _ failure: LookUpFailure) -> Finding {
    Finding(
      check: "target", verdict: .wrong, found: "the name \(host) leads nowhere: \(failure.text)",
      next: "check how it is written, and which DNS server this machine asks")
  }

  private struct LookUpFailure: Error { var text: String }

  /// The addresses of a host, as the system finds them. A thread waits meanwhile, and no task.
  private static func lookUp(
    _ host: String, _ port: Int
  ) async -> Result<[Endpoint], LookUpFailure> {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(returning: addresses(of: host, port)) }
    }
  }

  private static func addresses(
    of host: String, _ port: Int
  ) -> Result<[Endpoint], LookUpFailure> {
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    // SAFETY: the strings are read within the call; the list that it makes is freed below.
    let code = unsafe getaddrinfo(host, nil, &hints, &list)
    guard code == 0 else {
      // SAFETY: `gai_strerror` answers a static string, copied at once.
      return .failure(LookUpFailure(text: unsafe String(cString: gai_strerror(code))))
    }
    // SAFETY: the list is not used after this function.
    defer { unsafe freeaddrinfo(list) }
    var found: [Endpoint] = []
    var next = unsafe list
    // SAFETY: each entry is alive until the list is freed.
    while let entry = unsafe next?.pointee {
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      // SAFETY: the address and its length are of the same entry, the buffer and its length too.
      let isText = unsafe getnameinfo(
        entry.ai_addr, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
      if isText == 0 {
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let endpoint = Endpoint.tcp(host: String(decoding: bytes, as: UTF8.self), port: port)
        if !found.contains(endpoint) { found.append(endpoint) }
      }
      unsafe next = entry.ai_next
    }
    return found.isEmpty
      ? .failure(LookUpFailure(text: "it has no address")) : .success(found)
  }
}
