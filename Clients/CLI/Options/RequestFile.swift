import ArgumentParser
import Protobuf

/// A request read from a file of canonical JSON; `-` is standard input.
struct RequestFile: ExpressibleByArgument {
  let path: String

  init?(argument: String) { path = argument }

  /// The request in the file. Names that the schema does not know are refused: they are mistyped.
  ///
  /// - Throws: ``CommandFailure`` that says where the file is not such a request
  func read<Request: Message>(as type: Request.Type) throws(CommandFailure) -> Request {
    let source = path == "-" ? "standard input" : path
    let bytes: [UInt8]
    do {
      bytes = try Surroundings.current.readFile(path)
    } catch {
      throw CommandFailure("cannot read \(source): check the path and who may read the file")
    }
    do {
      return try Request(jsonUTF8: bytes)
    } catch {
      let name = Request.descriptor.fullName
      throw CommandFailure("\(source) is not the JSON of a \(name): \(error)")
    }
  }
}
