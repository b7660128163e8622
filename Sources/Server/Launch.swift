import ArgumentParser
import Foundation

/// Starts what the command line asks for, and turns what goes wrong into one readable line.
///
/// Exits with 0 after a graceful end, 1 when the server cannot start, 2 for a wrong command line.
enum Launch {
  static func run(_ arguments: [String]) async -> Never {
    do {
      let command = try PasarelaServer.parseAsRoot(arguments)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        var command = command
        try command.run()
      }
      exit(0)
    } catch let failure as StartupFailure {
      Output.error("pasarela-server: \(failure.description)")
      exit(1)
    } catch {
      let code = PasarelaServer.exitCode(for: error)
      let message = PasarelaServer.fullMessage(for: error)
      if code.isSuccess {
        Output.line(message)
        exit(0)
      }
      Output.error(message)
      exit(code == .validationFailure ? 2 : 1)
    }
  }
}

/// Why the server does not start, and what to do about it; for the person who starts it.
struct StartupFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// The two outputs, written at once: whoever waits for the readiness line must not wait for a buffer.
enum Output {
  static func line(_ text: String) {
    FileHandle.standardOutput.write(Data("\(text)\n".utf8))
  }

  static func error(_ text: String) {
    FileHandle.standardError.write(Data("\(text)\n".utf8))
  }
}
