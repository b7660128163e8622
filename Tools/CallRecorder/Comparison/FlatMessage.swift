public import Protobuf

/// A message as a list of the values in it, each with its path: what two messages are compared by.
public struct FlatMessage: Hashable, Sendable {
  /// A value and where it stands.
  public struct Leaf: Hashable, Sendable {
    /// `persons[1].name_parts[0].text`
    public var path: String
    /// The same without the places in lists: `persons.name_parts.text`
    public var field: String
    /// The value as JSON would have it.
    public var text: String
    /// Whether it is a text.
    public var isText: Bool
  }

  /// The values, in the order of the schema's field numbers.
  public private(set) var leaves: [Leaf] = []

  /// The values of a serialized message of a type.
  ///
  /// - Throws: ``DecodingError`` for bytes that are no message of it
  public init(_ bytes: [UInt8], as type: MessageDescriptor) throws {
    try type.withView(of: bytes) { view in try collect(view, path: "", field: "") }
  }

  /// Of a message whose type is not known: its bytes as one value.
  public init(opaque bytes: [UInt8]) {
    let digits = Array("0123456789abcdef")
    let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    leaves = [Leaf(path: "bytes", field: "bytes", text: String(text), isText: false)]
  }

  private mutating func collect(
    _ view: borrowing MessageView, path: String, field: String
  ) throws {
    for known in view.presentFields {
      let inner = field.isEmpty ? known.name : "\(field).\(known.name)"
      let start = path.isEmpty ? known.name : "\(path).\(known.name)"
      let count = view.count(known)
      for index in 0..<count {
        let place = known.isRepeated ? "\(start)[\(index)]" : start
        if known.type.isMessage {
          let before = leaves.count
          try view.withMessage(known, at: index) { message in
            try collect(message, path: place, field: inner)
          }
          // That it is there at all, when nothing is in it.
          if leaves.count == before {
            leaves.append(Leaf(path: place, field: inner, text: "{}", isText: false))
          }
        } else {
          let scalar = try view.scalar(known, at: index)
          leaves.append(
            Leaf(
              path: place, field: inner, text: scalar.plainText(known.type),
              isText: scalar.isText))
        }
      }
    }
    if !view.unknownFields.isEmpty {
      let place = path.isEmpty ? "unknown fields" : "\(path) unknown fields"
      leaves.append(
        Leaf(path: place, field: place, text: "\(view.unknownFields.bytes)", isText: false))
    }
  }
}

extension Scalar {
  fileprivate var isText: Bool { if case .string = self { true } else { false } }

  fileprivate func plainText(_ type: FieldType) -> String {
    switch self {
    case .int32(let value): "\(value)"
    case .int64(let value): "\(value)"
    case .uint32(let value): "\(value)"
    case .uint64(let value): "\(value)"
    case .float(let value): "\(value)"
    case .double(let value): "\(value)"
    case .bool(let value): "\(value)"
    case .string(let value): value
    case .bytes(let value): value.map { String($0, radix: 16) }.joined(separator: " ")
    case .enum(let number): type.enumDescriptor?.name(of: number) ?? "\(number)"
    }
  }
}
