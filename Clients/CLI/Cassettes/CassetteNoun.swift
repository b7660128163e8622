import ArgumentParser
import CallRecorder

/// `pasarela cassette`.
struct CassetteNoun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cassette",
    abstract: "Looks into recorded calls, puts them together, and checks them.",
    subcommands: [Show.self, Grep.self, Merge.self, Prune.self, Lint.self])

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows the calls of a cassette, or all that happened in some of them.",
      discussion: """
        Reads the binary logs of other gRPC implementations too. For example:

          pasarela cassette show road.rpcas --call 3
        """)

    @Argument(help: "The cassette; - is standard input.") var file: String
    @Option(help: ArgumentHelp("Only this call, with its messages; may be repeated."))
    var call: [UInt64] = []
    @OptionGroup var schema: CassetteSchemaOptions

    func run() throws {
      let surroundings = Surroundings.current
      let cassette = try CassetteFiles.read(file)
      guard !call.isEmpty else {
        let table = CassetteText.table(
          of: cassette.calls, widthMax: surroundings.terminalWidth)
        surroundings.write("\(Plain.cell(CassetteText.head(of: cassette)))\n")
        return surroundings.write(table.lines.joined(separator: "\n") + "\n")
      }
      let text = CassetteText(types: try schema.types(of: cassette))
      for id in call {
        guard let found = cassette.calls.first(where: { $0.id == id }) else {
          throw CommandFailure("\(file) has no call \(id); see: pasarela cassette show \(file)")
        }
        surroundings.write(text.lines(of: found).joined(separator: "\n") + "\n")
      }
    }
  }

  struct Grep: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Searches methods, metadata, messages and statuses for a pattern.",
      discussion: """
        Prints the call, the place and the value, and exits with 1 when there is none. For example:

          pasarela cassette grep 'offices/.*-01' road.rpcas
        """)

    @Argument(help: "A regular expression, found anywhere in a value.") var pattern: String
    @Argument(help: "The cassettes; - is standard input.") var files: [String]
    @OptionGroup var schema: CassetteSchemaOptions

    func run() throws {
      let surroundings = Surroundings.current
      let expression = try CassetteNoun.expression(pattern)
      var isFound = false
      for path in files {
        let cassette = try CassetteFiles.read(path)
        let text = CassetteText(types: try schema.types(of: cassette))
        for call in cassette.calls {
          for value in text.values(of: call) where value.text.firstMatch(of: expression) != nil {
            isFound = true
            let source = files.count > 1 ? "\(path): " : ""
            surroundings.write(
              "\(source)call \(call.id) \(Plain.cell("\(value.place): \(value.text)"))\n")
          }
        }
      }
      if !isFound { throw CommandFailure("nothing there has '\(pattern)' in it") }
    }
  }

  struct Lint: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Refuses cassettes that are not whole, or still tell of people.",
      discussion: """
        Finds fields that the schema marks and that were not replaced, what has the shape of an e-mail address, a \
        telephone number or a CUI anywhere, credentials, a cut-off end and changed bytes. Exits with 1 when there is \
        anything, and names entry and field. For example:

          pasarela cassette lint road.rpcas
        """)

    @Argument(help: "The cassettes; - is standard input.") var files: [String]
    @OptionGroup var schema: CassetteSchemaOptions

    func run() throws {
      let surroundings = Surroundings.current
      var faultyCount = 0
      for path in files {
        do throws(CommandFailure) {
          let cassette = try CassetteFiles.read(path)
          let findings = CassetteLint(try schema.types(of: cassette)).findings(in: cassette)
          for finding in findings {
            surroundings.write("\(path): \(Plain.cell(finding.description))\n")
          }
          if !findings.isEmpty { faultyCount += 1 }
        } catch {
          surroundings.write("\(error.description)\n")
          faultyCount += 1
        }
      }
      guard faultyCount == 0 else {
        throw CommandFailure(
          "\(faultyCount) of \(files.count) cassettes must not be given away: record them anew")
      }
      surroundings.write(
        "\(files.count) cassettes are whole, and nothing in them tells of people\n")
    }
  }
}
