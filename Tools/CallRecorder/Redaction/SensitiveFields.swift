public import Protobuf

/// Which fields of a schema tell of people, by the options that the schema gives them.
public struct SensitiveFields: Sendable {
  /// How a schema marks a field: an option, and the numbers of it that mean that the field may stay as it is.
  public struct Mark: Hashable, Sendable {
    /// The option's field number in `google.protobuf.FieldOptions`.
    public var option: Int
    /// Values of the option that mark nothing.
    public var harmless: Set<UInt64>

    /// An option, and what of it is harmless.
    public init(option: Int, harmless: Set<UInt64>) {
      self.option = option
      self.harmless = harmless
    }
  }

  /// The programme's own: a data class other than OPERATIONAL, or `sensitive`.
  public static let programme = [
    Mark(option: 50011, harmless: [0, 9]), Mark(option: 50012, harmless: [0]),
  ]

  private let numbers: [String: Set<Int>]

  /// The fields of all messages of `schema` that one of `marks` is on.
  public init(_ schema: RuntimeSchema, marks: [Mark] = programme) {
    var numbers: [String: Set<Int>] = [:]
    func collect(_ message: GoogleProtobuf.DescriptorProto, _ scope: String) {
      let name = scope.isEmpty ? message.name ?? "" : "\(scope).\(message.name ?? "")"
      for field in message.field {
        let options = field.options?.unknownFields ?? UnknownFields()
        let isMarked = marks.contains { mark in
          options.varints(mark.option).contains { !mark.harmless.contains($0) }
        }
        if isMarked { numbers[name, default: []].insert(Int(field.number ?? 0)) }
      }
      for inner in message.nestedType { collect(inner, name) }
    }
    for file in schema.files {
      for message in file.messageType { collect(message, file.package ?? "") }
    }
    self.numbers = numbers
  }

  /// Fields by number, for each message by its full name.
  public init(of numbers: [String: Set<Int>]) {
    self.numbers = numbers
  }

  /// Whether a field is one of them.
  public func contains(_ number: Int, of message: MessageDescriptor) -> Bool {
    numbers[message.fullName]?.contains(number) ?? false
  }
}
