import ArgumentParser
import Glibc

/// `pasarela`: the programme's calls for people at a desk, and for scripts.
@main
struct Pasarela: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pasarela",
    abstract: "Works with the Safe Mobility programme over gRPC, and with any other gRPC server.",
    usage: "pasarela [options] <noun> <verb> ...",
    discussion: """
      Options that every verb has may stand before the noun or after the verb. Results go to \
      standard output, everything else to standard error.

      Exit codes: 0 done, 1 a failure here, 2 wrong usage, 64 + the gRPC code for a failed call \
      (INVALID_ARGUMENT 67, NOT_FOUND 69, PERMISSION_DENIED 71, FAILED_PRECONDITION 73, \
      ABORTED 74, UNAVAILABLE 78, UNAUTHENTICATED 80).
      """,
    subcommands: [
      ProgramNoun.self, OfficeNoun.self, SlotNoun.self, RegistrationNoun.self,
      AppointmentNoun.self, ReferralNoun.self, PartnerNoun.self, AuditNoun.self, ReportNoun.self,
      CallCommand.self, ListCommand.self, DescribeCommand.self, ExplainCommand.self,
      ConvertCommand.self, HealthCommand.self, PingCommand.self,
      RecordCommand.self, ReplayCommand.self, VerifyCommand.self, CassetteNoun.self,
      ContextNoun.self, DoctorCommand.self, CompletionCommand.self,
    ])

  @OptionGroup(title: "Options of every verb") var options: GlobalOptions

  static func main() async {
    let command = Task { await run(in: .live) }
    let interruption = Interruption { command.cancel() }
    let code = await command.value
    withExtendedLifetime(interruption) { Glibc.exit(code) }
  }

  /// Runs one command line and returns its exit code.
  static func run(in surroundings: Surroundings) async -> Int32 {
    await Surroundings.$current.withValue(surroundings) {
      do {
        var command = try await asyncParseAsRoot(GrpcurlFlags.replaced(in: surroundings.arguments))
        if var asynchronous = command as? any AsyncParsableCommand {
          try await asynchronous.run()
        } else {
          try command.run()
        }
        return 0
      } catch let failure as CommandFailure {
        surroundings.writeError("pasarela: \(failure.description)\n")
        return failure.exitCode
      } catch {
        return report(error, surroundings)
      }
    }
  }

  /// Help goes to standard output, what is wrong with a command line to standard error.
  private static func report(_ error: any Error, _ surroundings: Surroundings) -> Int32 {
    let code = exitCode(for: error)
    let text = fullMessage(for: error) + "\n"
    if code.isSuccess {
      surroundings.write(text)
      return 0
    }
    surroundings.writeError(text)
    return code == .validationFailure ? 2 : 1
  }
}
