import ArgumentParser
import Protobuf
import SafeMobilityAPI

/// An instant on the command line, RFC 3339.
struct TimeArgument: ExpressibleByArgument {
  let timestamp: GoogleProtobuf.Timestamp

  init?(argument: String) {
    guard let timestamp = GoogleProtobuf.Timestamp(text: argument) else { return nil }
    self.timestamp = timestamp
  }
}

/// A date on the command line: `1990`, `1990-02` or `1990-02-28`; the server knows the calendar.
struct DateArgument: ExpressibleByArgument {
  let date: SafeMobility.CivilDate

  init?(argument: String) {
    let parts = argument.split(separator: "-", omittingEmptySubsequences: false).map { Int32($0) }
    guard (1...3).contains(parts.count), parts.allSatisfy({ $0 != nil }) else { return nil }
    let numbers = parts.compactMap { $0 }
    date = .with {
      $0.year = numbers[0]
      $0.month = numbers.count > 1 ? numbers[1] : 0
      $0.day = numbers.count > 2 ? numbers[2] : 0
    }
  }
}

/// A value of an enum of the schema, by its name without prefix, in any case.
struct EnumArgument<Value: OpenEnum>: ExpressibleByArgument {
  let value: Value

  init(_ value: Value) { self.value = value }

  init?(argument: String) {
    let name = argument.uppercased().replacing("-", with: "_")
    let known = Value.descriptor.values.first {
      $0.name == name || ($0.name.hasSuffix("_" + name) && $0.name == Self.prefix + name)
    }
    guard let known else { return nil }
    value = Value(rawValue: known.number)
  }

  static var allValueStrings: [String] {
    Value.descriptor.values.filter { $0.number != 0 }.map {
      String($0.name.dropFirst(prefix.count))
    }
  }

  /// What the names of the enum begin with.
  private static var prefix: String {
    let zero = Value.descriptor.name(of: 0) ?? ""
    return zero.hasSuffix("UNSPECIFIED") ? String(zero.dropLast("UNSPECIFIED".count)) : ""
  }
}

/// A request read from a file of canonical JSON; `-` is standard input.
struct RequestFile: ExpressibleByArgument {
  let path: String

  init?(argument: String) { path = argument }

  /// The message in it.
  func read<Request: Protobuf.Message>(as type: Request.Type) throws -> Request {
    do {
      return try Request(jsonString: try FileText.read(path))
    } catch let error as JSONError {
      throw ValidationError("\(path): \(error)")
    }
  }
}
