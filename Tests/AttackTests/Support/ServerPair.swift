import RPCTransportHTTP2
import Trials

/// Two servers of one service, of which one after the other is stopped and started again, as a rollout does.
///
/// `@unchecked Sendable`: the test that owns it uses it from one task.
final class ServerPair: @unchecked Sendable {
  /// Both ports, for as long as the pair lives.
  let ports: [Int]
  private var programs: [ServerProcess]
  /// Processor time of those that have ended.
  private var endedCPUSeconds = 0.0

  init() throws {
    programs = try (0..<2).map { _ in try Self.start(port: 0) }
    ports = try programs.map { try Self.port(of: $0) }
  }

  /// Ends one server with SIGTERM and gives its exit code; the other goes on.
  func stop(_ index: Int, within seconds: Double) async throws -> Int32 {
    let program = programs[index]
    async let spent = Blocking.run { ProcessMeasure.cpuSecondsUntilGone(program.pid) }
    let code = try await Blocking.run { try program.stop(timeout: seconds) }.get()
    endedCPUSeconds += try await spent.get()
    return code
  }

  /// Starts it again, where it was.
  func start(_ index: Int) async throws {
    let port = ports[index]
    programs[index] = try await Blocking.run {
      let program = try Self.start(port: port)
      _ = try program.waitUntilListening()
      return program
    }.get()
  }

  /// Processor time of all servers so far, their starts with it.
  func cpuSeconds() throws -> Double {
    try programs.reduce(endedCPUSeconds) { try $0 + ProcessMeasure(of: $1.pid).cpuSeconds }
  }

  func kill() { for program in programs { program.kill() } }

  private static func start(port: Int) throws -> ServerProcess {
    try ServerProcess(
      "pasarela-interop", ["server", "--listen", "127.0.0.1:\(port)", "--loops", "1"])
  }

  private static func port(of program: ServerProcess) throws -> Int {
    guard case .tcp(_, let port) = Endpoint(try program.waitUntilListening()) else {
      throw AttackFailure("no port")
    }
    return port
  }
}
