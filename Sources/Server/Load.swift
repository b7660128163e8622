import ArgumentParser
import Services
import StorageSQL

/// `pasarela-server load`: reference data and sample offices, loaded once however often it runs.
struct Load: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Puts reference data into a store, and sample offices.",
    discussion: "What is there already is left as it is.")

  @OptionGroup var options: StoreOptions

  @Flag(help: "The programme, eligibility rules, pathways, partners and sample offices.")
  var reference = false

  @Option(
    help: ArgumentHelp(
      "Give the sample offices schedules and slots for the next 28 days, by this seed.",
      valueName: "SEED"))
  var sample: UInt64?

  func validate() throws {
    guard reference else { throw ValidationError("give --reference: say what to load") }
  }

  func run() async throws {
    let opened = try options.open()
    do {
      let count = try await ReferenceLoader(
        store: opened.store, secrets: opened.secrets, sampleSeed: sample
      ).load()
      try await opened.store.close()
      Output.line("loaded \(count) resources")
    } catch {
      throw StartupFailure("cannot load: \(error)")
    }
  }
}
