import Protobuf

/// The command to give again: by the same person to learn what became of a change, or by the second
/// person of a two-person move.
struct Repetition: Sendable {
  /// The request's key; nil for reads.
  let requestID: String?
  private let etag: String?
  private let typed: [String]

  /// - Parameters:
  ///   - request: what was sent
  ///   - typed: the command line that made it, without the program's name
  init(of request: some Message, typed: [String]) {
    (requestID, etag) =
      ((try? request.withView { view in
        (try Self.text("request_id", in: view), try Self.text("etag", in: view))
      }) ?? (nil, nil))
    self.typed = typed
  }

  /// - Parameters:
  ///   - request: what was sent, serialized
  ///   - type: what it is
  ///   - typed: the command line that made it, without the program's name
  init(of request: [UInt8], _ type: MessageDescriptor, typed: [String]) {
    (requestID, etag) =
      ((try? type.withView(of: request) { view in
        (try Self.text("request_id", in: view), try Self.text("etag", in: view))
      }) ?? (nil, nil))
    self.typed = typed
  }

  /// Of a call of which nobody knows whether it may be made again.
  init(typed: [String]) {
    (requestID, etag) = (nil, nil)
    self.typed = typed
  }

  /// Sends the same request again, byte for byte: the server does it once.
  var sameRequest: String {
    line(without: [], adding: [("--request-id", requestID), ("--etag", etag)])
  }

  /// Sends what the second person has to send, but for what says who that is.
  var bySecondPerson: String {
    line(
      without: ["--as", "--tls-cert", "--tls-key", "--end-user", "--request-id"],
      adding: [("--etag", etag)])
  }

  private func line(without dropped: Set<String>, adding: [(String, String?)]) -> String {
    let added = adding.compactMap { option, value in value.map { (option, $0) } }
    let dropped = dropped.union(added.map(\.0))
    var words: [String] = []
    var isValueDropped = false
    for word in typed {
      if isValueDropped {
        isValueDropped = false
      } else if dropped.contains(word) {
        isValueDropped = true
      } else if !dropped.contains(where: { word.hasPrefix($0 + "=") }) {
        words.append(word)
      }
    }
    words += added.flatMap { [$0.0, $0.1] }
    return (["pasarela"] + words.map(Self.quoted)).joined(separator: " ")
  }

  private static func text(_ name: String, in view: borrowing MessageView) throws -> String? {
    guard let field = view.descriptor.field(named: name), field.type.isString,
      case .string(let text) = try view.scalar(field), !text.isEmpty
    else { return nil }
    return text
  }

  /// A word as a shell reads it back.
  static func quoted(_ word: String) -> String {
    let plain = word.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: "_@%+=:,./-".utf8.contains(byte)
      }
    }
    return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}

extension FieldType {
  fileprivate var isString: Bool {
    if case .string = self { true } else { false }
  }
}
