import ArgumentParser
import Protobuf

/// A value of an enum of the schema, by its name without the prefix, in either case:
/// `CONTACT_CENTRE`, `contact-centre`.
struct EnumArgument<Value: OpenEnum>: ExpressibleByArgument {
  let value: Value

  init(_ value: Value) { self.value = value }

  init?(argument: String) {
    let name = argument.uppercased().replacing("-", with: "_")
    let descriptor = Value.descriptor
    guard let number = descriptor.number(named: EnumText.prefix(of: descriptor) + name),
      number != 0
    else { return nil }
    value = Value(rawValue: number)
  }

  var defaultValueDescription: String { EnumText.name(of: value.rawValue, in: Value.descriptor) }

  static var allValueStrings: [String] {
    Value.descriptor.values.filter { $0.number != 0 }.map {
      EnumText.name(of: $0.number, in: Value.descriptor)
    }
  }
}

/// How people see the numbers of an enum.
enum EnumText {
  /// What every name of the enum begins with, read off the name of 0, which the lint of the schema
  /// makes `…_UNSPECIFIED`.
  static func prefix(of descriptor: EnumDescriptor) -> String {
    guard let zero = descriptor.name(of: 0), zero.hasSuffix("UNSPECIFIED") else { return "" }
    return String(zero.dropLast("UNSPECIFIED".count))
  }

  /// The name without the prefix; the number itself when a newer server knows more than we do.
  static func name(of number: Int32, in descriptor: EnumDescriptor) -> String {
    guard let name = descriptor.name(of: number) else { return String(number) }
    return String(name.dropFirst(prefix(of: descriptor).count))
  }
}
