import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import NIOPosix

/// Serves `anchor.v1.Echo` on `--listen HOST:PORT` until it is killed. One event loop, as fits one core.
@main
struct EchoServer {
  static func main() async throws {
    guard let (host, port) = address(CommandLine.arguments) else {
      FileHandle.standardError.write(Data("usage: EchoServer --listen HOST:PORT\n".utf8))
      exit(2)
    }
    let server = GRPCServer(
      transport: .http2NIOPosix(
        address: .ipv4(host: host, port: port), transportSecurity: .plaintext,
        eventLoopGroup: MultiThreadedEventLoopGroup(numberOfThreads: 1)),
      services: [EchoService()])
    try await withThrowingDiscardingTaskGroup { group in
      group.addTask { try await server.serve() }
      if let bound = try await server.listeningAddress?.ipv4 {
        FileHandle.standardOutput.write(Data("listening on \(bound.host):\(bound.port)\n".utf8))
      }
    }
  }

  /// The host and port of `--listen HOST:PORT`, the one argument.
  private static func address(_ arguments: [String]) -> (host: String, port: Int)? {
    guard arguments.count == 3, arguments[1] == "--listen",
      let colon = arguments[2].lastIndex(of: ":"),
      let port = Int(arguments[2][arguments[2].index(after: colon)...])
    else { return nil }
    return (String(arguments[2][..<colon]), port)
  }
}
