import ArgumentParser
import Domain
import Services

/// `pasarela-server presence-key`: the key that screening offices ask CheckPresence by.
struct PresenceKeyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "presence-key",
    abstract: "Prints a programme's key for CheckPresence, to be given to offices that ask.",
    discussion: """
      It opens nothing in the store. Whoever has it can try out names with CheckPresence, as often as that is answered.
      """)

  @OptionGroup var keyed: KeyedStore

  @Option(help: "The programme's id.")
  var program = ReferenceData.pilotID.rawValue

  func validate() throws {
    guard ProgramID(rawValue: program) != nil else {
      throw ValidationError("\(program) is no programme's id")
    }
  }

  func run() async throws {
    guard let program = ProgramID(rawValue: program) else { return }
    let key = try await keyed.secrets().presenceKey(of: program)
    Output.line(key.bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())
  }
}
