import Foundation
import Protobuf
import RPCCore
import SafeMobilityClient
import Synchronization

/// What a call shows: responses as they come, and how it ended.
struct CallOutput: Sendable {
  let method: ToolSchema.Method
  let registry: DescriptorPool
  let format: OutputFormat
  let zone: TimeZone?
  let surroundings: Surroundings
  /// What leaves some of it out; nil to show everything.
  let filter: ResponseFilter?

  /// Writes a response to standard output.
  ///
  /// - Throws: ``CommandFailure`` when it has no such form or field
  func show(_ response: [UInt8], _ repetition: Repetition) throws {
    guard let response = try filter.map({ try $0.left(of: response) }) ?? response else { return }
    let message = ShownMessage(response, of: method.response, registry: registry)
    guard method.descriptor.kind.hasManyResponses else {
      return try Answer(
        response: message, repetition: repetition,
        secondPerson: method.isOfProgramme ? "Another authorised person" : nil
      ).show(format, zone: zone, in: surroundings)
    }
    switch format {
    // A line for each, so that programs can read them as they come.
    case .json: surroundings.write(try message.json(pretty: false) + "\n")
    case .yaml:
      surroundings.write("---\n\(try message.text(.yaml, zone: zone ?? .gmt, in: surroundings))\n")
    case .table, .wide:
      surroundings.write("\(try message.text(format, zone: zone ?? .gmt, in: surroundings))\n\n")
    case .name, .value:
      surroundings.write("\(try message.text(format, zone: zone ?? .gmt, in: surroundings))\n")
    }
  }

  /// Says on standard error what came beside the messages.
  func tell(_ kind: String, _ metadata: Metadata) {
    for field in metadata {
      let value =
        switch field.value {
        case .string(let text): text
        case .binary(let bytes): Data(bytes).base64EncodedString()
        }
      surroundings.writeError(Plain.cell("\(kind) \(field.name): \(value)") + "\n")
    }
  }

  /// How a call has failed, with what a server said of it.
  func failure(_ error: RPCError, _ repetition: Repetition) -> CommandFailure {
    let failure = CallFailure(error)
    var text = FailureText.text(of: failure, method: method.descriptor, repetition: repetition)
    for detail in details(of: error) { text += "\n" + Plain.line("  - \(detail)") }
    return CommandFailure(text, exitCode: 64 + Int32(failure.code.rawValue))
  }

  /// Details that the usual text has no words for.
  private func details(of error: RPCError) -> [String] {
    let told: Set<String> = [
      GoogleRPC.ErrorInfo.descriptor.fullName, GoogleRPC.BadRequest.descriptor.fullName,
      GoogleRPC.PreconditionFailure.descriptor.fullName, GoogleRPC.RetryInfo.descriptor.fullName,
    ]
    guard let bytes = error.details, let status = try? GoogleRPC.Status(serializedBytes: bytes)
    else { return [] }
    return status.details.compactMap { detail in
      let name = detail.typeUrl.split(separator: "/").last.map(String.init) ?? ""
      guard !told.contains(name) else { return nil }
      var options = JSONEncodingOptions()
      options.registry = registry
      return (try? detail.jsonString(options: options)) ?? "\(name): \(detail.value.count) bytes"
    }
  }
}

/// The request that a call has sent last.
final class Sent: Sendable {
  private let stored = Mutex<[UInt8]>([])

  var bytes: [UInt8] { stored.withLock { $0 } }

  func set(_ bytes: [UInt8]) { stored.withLock { $0 = bytes } }
}

extension CallKind {
  /// Whether there may be any number of responses.
  var hasManyResponses: Bool { self == .serverStreaming || self == .bidirectionalStreaming }
}
