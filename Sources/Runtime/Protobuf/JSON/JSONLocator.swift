/// One step from a JSON value towards a place within it.
enum JSONStep: Hashable, Sendable {
  /// To the n-th item of an array, from 0.
  case item(Int)
  /// To the value of the n-th member of an object, from 0.
  case member(Int)
  /// To the name of that member; always the last step.
  case name(Int)
}

/// Finds the place of an error in a text that has been read.
///
/// Values do not carry their places, since hardly one ever needs it: whoever finds an error says by
/// which steps it is reached, and the text, which is known to be JSON, is walked once more.
struct JSONLocator {
  private let bytes: [UInt8]
  private var index = 0

  /// Where the way ends that begins at the outermost value.
  static func position(of steps: [JSONStep], in bytes: [UInt8]) -> JSONError.Position {
    var locator = JSONLocator(bytes: bytes)
    locator.skipSpace()
    for step in steps { locator.take(step) }
    return JSONError.Position(of: locator.index, in: bytes)
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// Goes on from the bracket that opens an array or object.
  private mutating func take(_ step: JSONStep) {
    index += 1
    switch step {
    case .item(let place), .name(let place):
      skipElements(place)
    case .member(let place):
      skipElements(place)
      skipString()
      skipSpace()
      index += 1
      skipSpace()
    }
  }

  /// Goes to the first byte of the item or member that as many others come before.
  private mutating func skipElements(_ count: Int) {
    for _ in 0..<count {
      skipElement()
      index += 1
    }
    skipSpace()
  }

  /// Goes to the comma or bracket behind an item or member.
  private mutating func skipElement() {
    var depth = 0
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\""):
        skipString()
        continue
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        if depth == 0 { return }
        depth -= 1
      case UInt8(ascii: ","):
        if depth == 0 { return }
      default:
        break
      }
      index += 1
    }
  }

  /// Goes behind the quote that ends a string.
  private mutating func skipString() {
    index += 1
    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
      index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    index += 1
  }

  private mutating func skipSpace() {
    while index < bytes.count, JSONScanner.isSpace(bytes[index]) { index += 1 }
  }
}
