import ArgumentParser
import Domain
import Services
import StorageSQL

/// Which store, and by which clock its records are dated.
struct StoreOptions: ParsableArguments {
  @Option(help: "The store: sqlite:PATH. The file is made if there is none.")
  var store: StoreLocation

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
  func open() throws -> (store: SQLStore, clock: ProgrammeClock) {
    let clock = try ProgrammeClock(store: store.path, rehearsal: rehearsalTime?.instant)
    do {
      let store = try SQLStore.open(
        sqlite: store.path, environment: .programme(now: { clock.now }))
      return (store, clock)
    } catch {
      throw StartupFailure("cannot open the store: \(error)")
    }
  }
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
