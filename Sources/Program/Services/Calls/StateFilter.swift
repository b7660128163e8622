import Domain
import Protobuf

/// The filter of lists that can be narrowed by state: empty, or `state = STATE` (a part of AIP-160).
enum StateFilter {
  /// The states asked for; empty for all.
  ///
  /// - Parameter prefix: of the enum's value names, `REFERRAL_STATE_`
  /// - Throws: FIELD_INVALID for any other text
  static func states<State: RawRepresentable<Int>>(
    _ text: String, _ names: EnumDescriptor, prefix: String
  ) throws(Refusal) -> [State] {
    let words = text.split(separator: " ")
    if words.isEmpty { return [] }
    guard words.count == 3, words[0] == "state", words[1] == "=",
      let number = names.number(named: prefix + words[2]),
      let state = State(rawValue: Int(number))
    else { throw Refusal.field("filter", "must be `state = STATE`, with a state's name") }
    return [state]
  }
}
