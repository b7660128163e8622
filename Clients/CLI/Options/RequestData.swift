import ArgumentParser

/// Requests as JSON: on the command line, in a file, or on standard input.
struct RequestData: ExpressibleByArgument {
  /// Where they are.
  enum Place: Sendable {
    case typed(String)
    case file(path: String)
    case standardInput
  }

  let place: Place

  /// `JSON`, `@FILE`, and `@` or `-` for standard input, as grpcurl and curl have it.
  init?(argument: String) {
    switch argument {
    case "-", "@", "@-": place = .standardInput
    default:
      place =
        argument.hasPrefix("@") ? .file(path: String(argument.dropFirst())) : .typed(argument)
    }
  }

  init(file path: String) { place = path == "-" ? .standardInput : .file(path: path) }

  /// How messages name the place.
  var name: String {
    switch place {
    case .typed: "--data"
    case .file(let path): path
    case .standardInput: "standard input"
    }
  }

  /// The bytes, a piece at a time, as they arrive.
  ///
  /// - Throws: ``CommandFailure`` when a file cannot be read
  func pieces(in surroundings: Surroundings) throws(CommandFailure) -> Surroundings.Pieces {
    switch place {
    case .typed(let text): return Surroundings.Pieces(once: Array(text.utf8))
    case .standardInput: return surroundings.standardInput()
    case .file(let path):
      do {
        return Surroundings.Pieces(once: try surroundings.readFile(path))
      } catch {
        throw CommandFailure("cannot read \(path): check the path and who may read the file")
      }
    }
  }
}
