import ArgumentParser
import Glibc

/// `pasarela`: the programme's calls for people at a desk, and for scripts.
@main
struct Pasarela: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pasarela",
    abstract: "Works with the Safe Mobility programme over gRPC.",
    discussion: """
      Where the server is and who you are can stand in PASARELA_TARGET, PASARELA_TLS_CA, \
      PASARELA_TLS_CERT and PASARELA_TLS_KEY.

      Exit codes: 0 done, 1 a failure here, 2 wrong usage, 64 + the gRPC code for a failed call \
      (NOT_FOUND 69, PERMISSION_DENIED 71, FAILED_PRECONDITION 73, ABORTED 74, UNAVAILABLE 78).
      """,
    subcommands: [
      ProgramNoun.self, OfficeNoun.self, SlotNoun.self, RegistrationNoun.self,
      AppointmentNoun.self, ReferralNoun.self, PartnerNoun.self,
    ])

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      leave(with: error)
    }
  }

  /// Says what went wrong on standard error (help goes to standard output) and ends the program.
  private static func leave(with error: any Error) -> Never {
    if let code = error as? ExitCode { Glibc.exit(code.rawValue) }
    let code = exitCode(for: error)
    let text = fullMessage(for: error)
    if code == .success {
      print(text)
    } else {
      Diagnostics.write(text)
    }
    Glibc.exit(code == .validationFailure ? 2 : code.rawValue)
  }
}
