import Domain
import Protobuf
import SafeMobilityAPI

/// The data class of every field, read from the schema's options without the program's own reader.
struct ClassifiedSchema {
  /// A value somewhere in a message.
  struct Value: Equatable {
    var path: String
    var dataClass: DataClass
    /// Names and uids, by which both sides know what they talk about, and the pathway of a finding.
    var isIdentifier: Bool {
      ["name", "uid", "person", "pathway"].contains(
        path.split(separator: ".").last.map(String.init) ?? "")
    }
  }

  private static let dataClassOption = 50011
  private var classes: [String: DataClass] = [:]

  init() throws {
    for file in SafeMobility.fileDescriptors {
      let proto = try GoogleProtobuf.FileDescriptorProto(serializedBytes: file.serializedBytes)
      for message in proto.messageType { add(message, in: proto.package ?? "") }
    }
  }

  private mutating func add(_ message: GoogleProtobuf.DescriptorProto, in scope: String) {
    let name = "\(scope).\(message.name ?? "")"
    for field in message.field {
      let number = field.options?.unknownFields.varint(Self.dataClassOption) ?? 0
      classes["\(name).\(field.name ?? "")"] = DataClass(rawValue: Int(number))
    }
    for inner in message.nestedType { add(inner, in: name) }
  }

  /// The classes of the fields that a path of a registration leads through, but for those that only
  /// group, and the people themselves, who are there whatever is released of them.
  func enclosing(_ path: String) -> [DataClass] {
    var found: [DataClass] = []
    var message = SafeMobility.Registration.descriptor
    for name in path.split(separator: ".").dropLast().map(String.init) {
      guard let field = message.field(named: name), let inner = field.type.messageDescriptor else {
        return found
      }
      let dataClass = classes["\(message.fullName).\(name)"] ?? .biometric
      let isGroup = dataClass == .operational && !field.isRepeated
      if !isGroup, inner !== SafeMobility.Person.descriptor { found.append(dataClass) }
      message = inner
    }
    return found
  }

  /// Every value in a message, however deep, with its own field's class.
  func values<Content: Message>(in message: Content) throws -> [Value] {
    try message.withView { values(in: $0, at: "") }
  }

  private func values(in view: borrowing MessageView, at prefix: String) -> [Value] {
    var found: [Value] = []
    for field in view.presentFields where field.name != "redacted_paths" {
      let path = prefix + field.name
      let dataClass = classes["\(view.descriptor.fullName).\(field.name)"]
      let isStructure = field.type.messageDescriptor.map { message in
        message !== SafeMobility.CivilDate.descriptor
          && message.fullName.hasPrefix("safemobility.v1.")
      }
      guard isStructure == true else {
        // A field without a class would be a leak of its own kind.
        found.append(Value(path: path, dataClass: dataClass ?? .biometric))
        continue
      }
      for index in 0..<view.count(field) {
        found += view.withMessage(field, at: index) { values(in: $0, at: path + ".") } ?? []
      }
    }
    return found
  }
}

extension [DataClass] {
  /// Each once.
  var asSet: Set<DataClass> { Set(self) }
}
