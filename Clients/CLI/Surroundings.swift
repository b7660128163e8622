import Foundation
import Glibc
import RPCTransportHTTP2
import SafeMobilityAPI
import SafeMobilityClient

/// What a command touches outside itself, so that tests can stand in for the world.
struct Surroundings: Sendable {
  /// Environment variables.
  var environment: [String: String]
  /// The command line without the program's name, as typed; from it the command to repeat is made.
  var arguments: [String]
  /// Headers of every call, as the context in use has them.
  var headers: [String] = []
  /// Columns of the terminal that standard output is; nil when it is none.
  var terminalWidth: Int?
  /// The bytes of a file; `-` is standard input.
  var readFile: @Sendable (_ path: String) throws -> [UInt8]
  /// Writes a text to standard output: results.
  var write: @Sendable (String) -> Void
  /// Writes a text to standard error: diagnostics.
  var writeError: @Sendable (String) -> Void
  /// Makes a client; nothing is connected before its first call.
  var connect: @Sendable (Connection) throws -> SafeMobilityClient
  /// Writes bytes to standard output.
  var writeBytes: @Sendable ([UInt8]) -> Void = { FileHandle.standardOutput.write(Data($0)) }
  /// Reads standard input as it arrives.
  var standardInput: @Sendable () -> Pieces = { Pieces(readingFrom: STDIN_FILENO) }

  /// Where the server is, who calls, and for what.
  struct Connection: Sendable {
    var target: ChannelTarget
    var identity: SafeMobilityClient.Identity
    var purpose: SafeMobility.Purpose?
    var endUser: String?

    /// The files that must be readable.
    var files: [String] {
      let tls: ClientTLSConfiguration?
      switch identity {
      case .certificate(let configuration): tls = configuration
      case .anonymous(let configuration): tls = configuration
      case .development: tls = nil
      }
      guard let tls else { return [] }
      return [tls.trustRootsPath, tls.certificatePath, tls.privateKeyPath].compactMap { $0 }
    }
  }

  /// The surroundings of the command that runs in this task.
  @TaskLocal static var current = Surroundings.live

  /// The process's own.
  static let live = Surroundings(
    environment: ProcessInfo.processInfo.environment,
    arguments: Array(CommandLine.arguments.dropFirst()),
    terminalWidth: terminalColumns(),
    readFile: { path in
      if path == "-" { return Array(FileHandle.standardInput.readDataToEndOfFile()) }
      return Array(try Data(contentsOf: URL(filePath: path)))
    },
    write: { FileHandle.standardOutput.write(Data($0.utf8)) },
    writeError: { FileHandle.standardError.write(Data($0.utf8)) },
    connect: { connection in
      for path in connection.files where !FileManager.default.isReadableFile(atPath: path) {
        throw CommandFailure("cannot read \(path): check the path and who may read the file")
      }
      return try SafeMobilityClient(
        target: connection.target, identity: connection.identity, purpose: connection.purpose,
        endUser: connection.endUser, configuration: .command)
    })

  /// A variable of the environment; an empty one is as good as none, as with NO_COLOR
  /// (https://no-color.org).
  func variable(_ name: String) -> String? {
    environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Whether texts may be bold: on a terminal that can, for a person who has nothing against it.
  var isStyled: Bool {
    terminalWidth != nil && variable("NO_COLOR") == nil && variable("TERM") != "dumb"
  }

  private static func terminalColumns() -> Int? {
    guard isatty(STDOUT_FILENO) == 1 else { return nil }
    var size = winsize()
    // SAFETY: TIOCGWINSZ fills exactly the struct it is given.
    let answer = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size)
    return answer == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
  }
}

extension SafeMobilityClient.Configuration {
  /// A person waits at the keyboard, and is told how to repeat what may have happened: so no call is made
  /// again behind their back.
  static let command: Self = {
    var configuration = Self()
    configuration.repeatsCalls = false
    return configuration
  }()
}
