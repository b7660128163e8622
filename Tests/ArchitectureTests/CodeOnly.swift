/// Blanks the comments and string contents of Swift text, so that rules about code do not trip over
/// prose. Every newline stays, so line numbers hold. Code inside `\( )` stays too.
///
/// Regex literals are not known: a lone quote in one blanks the rest of that line, no more.
struct CodeOnly {
  private let input: [UInt8]
  private var at = 0
  private var output: [UInt8] = []

  static func of(_ text: String) -> String {
    var scan = CodeOnly(input: Array(text.utf8))
    scan.output.reserveCapacity(scan.input.count)
    scan.code(untilParenthesis: false)
    return String(decoding: scan.output, as: UTF8.self)
  }

  private init(input: [UInt8]) { self.input = input }

  private func next(_ text: StaticString) -> Bool {
    let wanted = Array("\(text)".utf8)
    return input[at...].starts(with: wanted)
  }

  private mutating func keep() {
    output.append(input[at])
    at += 1
  }

  private mutating func blank(_ count: Int = 1) {
    for byte in input[at..<min(at + count, input.count)] {
      output.append(byte == UInt8(ascii: "\n") ? byte : UInt8(ascii: " "))
    }
    at = min(at + count, input.count)
  }

  /// Code up to the end, or up to the parenthesis that closes an interpolation.
  private mutating func code(untilParenthesis: Bool) {
    var depth = 0
    while at < input.count {
      if next("//") {
        while at < input.count, input[at] != UInt8(ascii: "\n") { blank() }
      } else if next("/*") {
        blockComment()
      } else if let hashes = hashesBeforeQuote() {
        string(hashes: hashes)
      } else {
        if input[at] == UInt8(ascii: "(") { depth += 1 }
        if input[at] == UInt8(ascii: ")") {
          if untilParenthesis, depth == 0 { return }
          depth -= 1
        }
        keep()
      }
    }
  }

  private mutating func blockComment() {
    var depth = 0
    repeat {
      if next("/*") {
        depth += 1
        blank(2)
      } else if next("*/") {
        depth -= 1
        blank(2)
      } else {
        blank()
      }
    } while depth > 0 && at < input.count
  }

  /// The number of `#` before a quote that opens a string here; nil when none opens.
  private func hashesBeforeQuote() -> Int? {
    var end = at
    while end < input.count, input[end] == UInt8(ascii: "#") { end += 1 }
    return end < input.count && input[end] == UInt8(ascii: "\"") ? end - at : nil
  }

  private mutating func string(hashes: Int) {
    blank(hashes)
    let isLong = next("\"\"\"")
    let quotes = [UInt8](repeating: UInt8(ascii: "\""), count: isLong ? 3 : 1)
    let sharps = [UInt8](repeating: UInt8(ascii: "#"), count: hashes)
    blank(quotes.count)
    while at < input.count {
      if input[at...].starts(with: quotes + sharps) { return blank(quotes.count + hashes) }
      // A short string ends with its line at the latest: one strange line does not hide the rest.
      if !isLong, input[at] == UInt8(ascii: "\n") { return }
      guard input[at...].starts(with: [UInt8(ascii: "\\")] + sharps) else {
        blank()
        continue
      }
      blank(1 + hashes)
      if next("(") {
        keep()
        code(untilParenthesis: true)
        if at < input.count { keep() }
      } else {
        blank()
      }
    }
  }
}
