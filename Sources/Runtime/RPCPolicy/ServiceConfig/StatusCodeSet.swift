public import RPCCore

/// A set of status codes in one word: asked at the end of every attempt, so it neither hashes nor
/// allocates.
public struct StatusCodeSet: Hashable, Sendable {
  private var bits: UInt32 = 0

  /// The set of these codes; a code above 16 counts as UNKNOWN.
  public init(_ codes: some Sequence<StatusCode> = []) {
    for code in codes { insert(code) }
  }

  /// Whether there is no code in it.
  public var isEmpty: Bool { bits == 0 }

  /// Whether the code is in it.
  public func contains(_ code: StatusCode) -> Bool { bits & (1 << code.rawValue) != 0 }

  /// Puts a code in.
  public mutating func insert(_ code: StatusCode) { bits |= 1 << code.rawValue }
}

extension StatusCodeSet: ExpressibleByArrayLiteral {
  /// The set of these codes.
  public init(arrayLiteral codes: StatusCode...) { self.init(codes) }
}

extension ConfigNode {
  /// An array of codes, each by its name in any case or by its number (gRFC A6).
  func statusCodes() throws(ServiceConfigError) -> StatusCodeSet {
    var codes = StatusCodeSet()
    for item in try items() { codes.insert(try item.statusCode()) }
    return codes
  }

  private func statusCode() throws(ServiceConfigError) -> StatusCode {
    let known = (0...16).map(StatusCode.init(rawValue:))
    if let text = try? text() {
      let name = text.uppercased()
      if let code = known.first(where: { $0.name == name }) { return code }
    } else if let number = try? number(),
      let code = known.first(where: { Double($0.rawValue) == number })
    {
      return code
    }
    throw error("must be a status code by its name or its number from 0 to 16")
  }
}
