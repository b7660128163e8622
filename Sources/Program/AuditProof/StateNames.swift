import Protobuf
import SafeMobilityAPI

/// What the schema calls the states that entries have as numbers: those of the resource that a method's answer has, or
/// that a timer's move is named after.
enum StateNames {
  /// The name of a state; its number in digits where the schema has none.
  static func name(of state: Int, movedBy method: String) -> String {
    let number = Int32(truncatingIfNeeded: state)
    return statesByMethod(method)?.name(of: number) ?? "\(state)"
  }

  /// The number of a state's name, whatever method moved it: names are unique in the schema.
  static func number(of name: String) -> Int? {
    if let number = Int(name) { return number }
    return enums.lazy.compactMap { $0.number(named: name) }.first.map(Int.init)
  }

  // No key path: the compiler does not survive one into a metatype.
  private static let enums = SafeMobility.fileDescriptors.flatMap(\.enums).map { $0.descriptor }
    .filter { $0.fullName.hasSuffix("State") }

  private static func statesByMethod(_ method: String) -> EnumDescriptor? {
    let verb = method.split(separator: "/").last.map(String.init) ?? ""
    return byVerb[verb] ?? enums.first { verb.hasSuffix(noun(of: $0)) }
  }

  /// `HoldState` is of Hold.
  private static func noun(of states: EnumDescriptor) -> String {
    String((states.fullName.split(separator: ".").last ?? "").dropLast("State".count))
  }

  private static let byVerb: [String: EnumDescriptor] = {
    var found: [String: EnumDescriptor] = [:]
    let messages = SafeMobility.fileDescriptors.flatMap(\.messages)
    for message in messages.map({ $0.descriptor }) {
      guard message.fullName.hasSuffix("Response"),
        let name = message.fullName.split(separator: ".").last
      else { continue }
      let resources = message.fields.compactMap(\.type.messageDescriptor)
      let states = resources.lazy.compactMap { resource in
        resource.fields.first { $0.name == "state" }?.type.enumDescriptor
      }
      if let first = states.first { found[String(name.dropLast("Response".count))] = first }
    }
    return found
  }()
}
