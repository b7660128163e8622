import ArgumentParser
import Foundation
import StorageSQL

/// `pasarela-store-bench fill`.
struct FillCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fill",
    abstract: "Fills a SQLite store with synthetic registrations, unless there is one already.",
    discussion: """
      Every registration has its persons, documents, consent, events, entries of the log and keys by which duplicates \
      are found; six of eight are invited. A million takes about 17 GB.
      """)

  @OptionGroup var options: FillOptions

  func run() async throws {
    try await options.kept.fill()
  }
}

/// Which filled store, and where such are kept.
struct FillOptions: ParsableArguments {
  @Option(help: "Registrations in the store.")
  var registrations = 10_000

  @Option(
    help:
      "Where filled stores are kept from run to run; a new schema has new ones, and old ones may be removed."
  )
  var keep = FileManager.default.temporaryDirectory.path + "/pasarela-filled-stores"

  /// The store that is meant.
  var kept: KeptStore { KeptStore(FillPlan(count: registrations), in: keep) }

  func validate() throws {
    guard (8...FillPlan.countMax).contains(registrations) else {
      throw ValidationError("--registrations must be 8 to \(FillPlan.countMax)")
    }
  }
}
