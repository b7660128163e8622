import CallRecorder
import Protobuf
import RPCCore

/// Recorded calls as texts for people.
struct CassetteText {
  let types: MethodTypes

  /// What holds for all calls, in one line.
  static func head(of cassette: Cassette) -> String {
    guard let header = cassette.header else {
      return "a binary log of another gRPC implementation, \(cassette.calls.count) calls"
    }
    let time = header.createTime?.text ?? "an unknown time"
    let redaction =
      header.redactionPolicyId.isEmpty
      ? "not redacted" : "redacted by \(header.redactionPolicyId)"
    return
      "\(cassette.calls.count) calls to \(header.target) at \(time), by \(header.tool) (\(header.recordMode)), \(redaction)"
  }

  /// A line for each call.
  static func table(of calls: [RecordedCall], widthMax: Int?) -> Table {
    Table(
      header: ["CALL", "AT", "METHOD", "REQUESTS", "RESPONSES", "END"],
      rows: calls.map { call in
        [
          "\(call.id)", seconds(call.entries.first?.offset ?? .zero),
          Plain.cell(String(call.header.path.drop { $0 == "/" })), "\(call.requests.count)",
          "\(call.responses.count)", Plain.cell(end(of: call)),
        ]
      }, widthMax: widthMax)
  }

  /// How a call ended, and when.
  private static func end(of call: RecordedCall) -> String {
    guard let entry = call.end else { return "none" }
    let span = entry.offset - (call.entries.first?.offset ?? entry.offset)
    return "\(end(entry.event)) after \(seconds(span))"
  }

  private static func end(_ event: CassetteEntry.Event) -> String {
    switch event {
    case .serverTrailer(let trailer):
      if let code = trailer.resetCode {
        "reset by the server, code \(code)"
      } else {
        trailer.status.code.name
      }
    case .cancel(let code): code.map { "cancelled, reset code \($0)" } ?? "cancelled"
    default: ""
    }
  }

  /// `1.500 s`, to the millisecond.
  private static func seconds(_ span: Duration) -> String {
    let (seconds, attoseconds) = span.components
    let milliseconds = String(attoseconds / 1_000_000_000_000_000 + 1_000).dropFirst()
    return "\(seconds).\(milliseconds) s"
  }

  /// Everything that happened in a call, a line each.
  func lines(of call: RecordedCall) -> [String] {
    let start = call.entries.first?.offset ?? .zero
    return ["call \(call.id) \(Plain.cell(call.header.path))"]
      + call.entries.map { entry in
        let redacted =
          entry.redactedPaths.isEmpty
          ? "" : "  [replaced: \(entry.redactedPaths.joined(separator: ", "))]"
        let text = Plain.cell("\(text(of: entry.event, call.header.path))\(redacted)")
        return "  \(entry.number)  +\(Self.seconds(entry.offset - start))  \(text)"
      }
  }

  private func text(of event: CassetteEntry.Event, _ path: String) -> String {
    switch event {
    case .clientHeader(let header):
      let timeout = header.timeout.map { "  within \(Self.seconds($0))" } ?? ""
      return "begins\(timeout)\(Self.text(of: header.metadata))"
    case .serverHeader(let metadata): return "headers\(Self.text(of: metadata))"
    case .clientMessage(let message):
      return "request  \(text(of: message, path, isRequest: true))"
    case .serverMessage(let message):
      return "response  \(text(of: message, path, isRequest: false))"
    case .clientHalfClose: return "no more requests"
    case .serverTrailer(let trailer):
      let message = trailer.status.message.isEmpty ? "" : ": \(trailer.status.message)"
      let whole = trailer.isWholeAnswer ? "  without headers" : ""
      return "\(Self.end(event))\(message)\(whole)\(Self.text(of: trailer.metadata))"
    case .cancel: return Self.end(event)
    }
  }

  private func text(
    of message: CassetteEntry.RecordedMessage, _ path: String, isRequest: Bool
  ) -> String {
    guard message.isWhole else { return "\(message.count) bytes, not recorded" }
    guard let type = types.message(of: path, isRequest: isRequest),
      let json = try? type.jsonString(of: message.bytes)
    else {
      return FlatMessage(opaque: message.bytes).leaves.map { "bytes \($0.text)" }.joined()
    }
    return json
  }

  private static func text(of metadata: Metadata) -> String {
    metadata.map { field in
      switch field.value {
      case .string(let text): "  \(field.name): \(text)"
      case .binary(let bytes): "  \(field.name): \(bytes.count) bytes"
      }
    }.joined()
  }

  /// The values of a call by their places, for a search: `request 1 person.full_name`.
  func values(of call: RecordedCall) -> [(place: String, text: String)] {
    var counts = (requests: 0, responses: 0)
    let comparison = Comparison(types)
    func flat(
      _ message: CassetteEntry.RecordedMessage, _ number: Int, isRequest: Bool
    ) -> [(String, String)] {
      comparison.flat(message.bytes, of: call.header.path, isRequest: isRequest).leaves.map {
        ("\(isRequest ? "request" : "response") \(number) \($0.path)", $0.text)
      }
    }
    func flat(_ metadata: Metadata) -> [(String, String)] {
      metadata.compactMap { field in
        if case .string(let text) = field.value { ("metadata \(field.name)", text) } else { nil }
      }
    }
    return [("method", call.header.path)]
      + call.entries.flatMap { entry -> [(String, String)] in
        switch entry.event {
        case .clientHeader(let header): return flat(header.metadata)
        case .serverHeader(let metadata): return flat(metadata)
        case .clientMessage(let message):
          counts.requests += 1
          return flat(message, counts.requests, isRequest: true)
        case .serverMessage(let message):
          counts.responses += 1
          return flat(message, counts.responses, isRequest: false)
        case .serverTrailer(let trailer):
          return [
            ("status.code", trailer.status.code.name), ("status.message", trailer.status.message),
          ] + flat(trailer.metadata)
        case .clientHalfClose, .cancel: return []
        }
      }
  }
}
