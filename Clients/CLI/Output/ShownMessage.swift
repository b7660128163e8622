import Foundation
import Protobuf

/// A message to be shown, whether or not there is a Swift type for it.
struct ShownMessage {
  let bytes: [UInt8]
  let type: MessageDescriptor
  /// Where the types within `google.protobuf.Any` are found.
  var registry = DescriptorPool([])

  init(_ bytes: [UInt8], of type: MessageDescriptor, registry: DescriptorPool) {
    self.bytes = bytes
    self.type = type
    self.registry = registry
  }

  init<Value: Message>(_ message: Value) throws {
    bytes = try message.serializedBytes()
    type = Value.descriptor
  }

  /// As canonical proto3 JSON.
  ///
  /// - Throws: ``CommandFailure`` for what is no message of the type, or has no JSON form
  func json(pretty: Bool) throws(CommandFailure) -> String {
    var options = JSONEncodingOptions()
    options.pretty = pretty
    options.registry = registry
    do {
      return try type.jsonString(of: bytes, options: options)
    } catch {
      throw CommandFailure("a \(type.fullName) cannot be shown as JSON: \(error)")
    }
  }

  /// As plain data.
  ///
  /// - Parameter zone: of the times in messages that have no `time_zone` of their own
  func record(zone: TimeZone) throws(CommandFailure) -> Record {
    do {
      return try Record(bytes, of: type, zone: zone)
    } catch {
      throw CommandFailure("a \(type.fullName) cannot be read: \(error)")
    }
  }

  /// The message as a person or a program asked for it, without a newline at the end.
  ///
  /// - Throws: ``CommandFailure`` when it has no such form or field
  func text(
    _ format: OutputFormat, zone: TimeZone, in surroundings: Surroundings
  ) throws(CommandFailure) -> String {
    switch format {
    case .json: return try json(pretty: true)
    case .yaml: return JSONTree(encoded: try json(pretty: false)).yaml
    case .table, .wide:
      let page = Page(
        widthMax: format == .wide ? nil : surroundings.terminalWidth,
        isStyled: surroundings.isStyled, showsAllColumns: format == .wide)
      return page.text(of: try record(zone: zone))
    case .name:
      let record = try record(zone: zone)
      return record.fields.first.map { record.values(at: "\($0.name).name") }?
        .flatMap(\.rawTexts).joined(separator: "\n") ?? ""
    case .value(let path):
      let values = try record(zone: zone).values(at: path)
      guard !values.isEmpty else {
        throw CommandFailure(
          "the answer has no \(path), or it is empty; see `-o json` for what it has, "
            + "and write the names as the schema does, such as hold.fence")
      }
      return values.flatMap(\.rawTexts).joined(separator: "\n")
    }
  }
}
