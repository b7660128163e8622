import ArgumentParser
import Domain
import Glibc
import Services
import StorageSQL

/// Which store, and by which clock its records are dated.
struct StoreOptions: ParsableArguments {
  @Option(help: "The store: sqlite:PATH. The file is made if there is none.")
  var store: StoreLocation

  @Option(
    help: ArgumentHelp(
      "The key of the store's sealed columns. (default: PATH.key beside the store)",
      discussion: """
        32 random bytes, made together with a new store. Keep a copy apart from the store's: without \
        it identity documents in the store cannot be read.
        """,
      valueName: "PATH"))
  var keyFile: String?

  @Option(
    help: ArgumentHelp(
      "Start the programme's clock at this instant and let it run: a rehearsal.",
      discussion: """
        RFC 3339, for example 2023-06-12T15:00:00Z. Only for a new store, which is marked as a \
        rehearsal by a file PATH.rehearsal beside it and can never be served with the real time. \
        The clock of a marked store goes on where it was, or forward to this instant.
        """,
      valueName: "RFC3339"))
  var rehearsalTime: RehearsalStart?

  /// Opens the store by its clock.
  ///
  /// - Throws: `StartupFailure`
  func open() throws -> Opened {
    // The store holds names and forms: its files, the log beside it too, are its owner's alone.
    umask(0o077)
    let clock = try ProgrammeClock(store: store.path, rehearsal: rehearsalTime?.instant)
    let secrets = try KeyFile(path: keyFile ?? "\(store.path).key")
      .secrets(forStore: store.path)
    do {
      let store = try SQLStore.open(
        sqlite: store.path, environment: .programme(secrets: secrets) { clock.now })
      return Opened(store: store, secrets: secrets, clock: clock)
    } catch {
      throw StartupFailure("cannot open the store: \(error)")
    }
  }
}

/// A store that is open, with what it was opened by.
struct Opened {
  var store: SQLStore
  var secrets: Secrets
  var clock: ProgrammeClock
}

/// `sqlite:PATH`.
struct StoreLocation: ExpressibleByArgument {
  let path: String

  init?(argument: String) {
    guard argument.hasPrefix("sqlite:") else { return nil }
    path = String(argument.dropFirst("sqlite:".count))
    if path.isEmpty { return nil }
  }
}
