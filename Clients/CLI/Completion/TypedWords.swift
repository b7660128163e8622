import ArgumentParser

/// What an unfinished command line says of a server. It cannot be parsed: words may be missing, or half typed.
struct TypedWords {
  let options: GlobalOptions
  let headers: HeaderOptions
  /// Whether the command line itself says which server.
  let isServerNamed: Bool

  /// Options of a connection that have a value.
  private static let valued: Set<String> = [
    "--target", "--ctx", "--context", "--tls-ca", "--tls-cert", "--tls-key", "--tls-server-name",
    "--as", "--purpose", "--end-user",
  ]

  /// - Parameters:
  ///   - words: the words, the program's name first
  ///   - index: which of them is being typed
  ///   - areBroken: whether a shell has taken words apart at `:` and `=`, as bash does
  /// - Throws: what the parser throws at values that are none
  init(_ words: [String], typing index: Int, areBroken: Bool) throws {
    var before = Array(words.prefix(max(0, index)).dropFirst())
    if areBroken { before = Self.mended(before) }
    before = GrpcurlFlags.replaced(in: before)
    var picked: [String] = []
    var headers: [String] = []
    var address: TargetAddress?
    var next = before.makeIterator()
    while let word = next.next() {
      if word == "--insecure" || word == "--plaintext" {
        picked.append(word)
      } else if Self.valued.contains(word) {
        if let value = next.next() { picked += [word, value] }
      } else if Self.valued.contains(where: { word.hasPrefix($0 + "=") }) {
        picked.append(word)
      } else if word == "-H" || word == "--header" {
        if let value = next.next() { headers += ["-H", value] }
      } else if !word.hasPrefix("-"), let found = Self.address(word) {
        address = found
      }
    }
    let parsed = try GlobalOptions.parse(picked)
    isServerNamed = address != nil || parsed.target != nil
    var limited = parsed.at(address)
    // A person waits with a finger on the key.
    limited.timeout = TimeoutArgument(argument: "1s")
    options = limited
    self.headers = try HeaderOptions.parse(headers)
  }

  /// Words put together again that stood without a space between them.
  private static func mended(_ words: [String]) -> [String] {
    var mended: [String] = []
    var isOpen = false
    for word in words {
      let isBreak = !word.isEmpty && word.allSatisfy { $0 == ":" || $0 == "=" }
      if isBreak || isOpen, let last = mended.last {
        mended[mended.count - 1] = last + word
      } else {
        mended.append(word)
      }
      isOpen = isBreak
    }
    return mended
  }

  /// `HOST:PORT` or `unix:PATH`, and no JSON or anything else with a colon.
  private static func address(_ word: String) -> TargetAddress? {
    let isPlain = word.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: "-._:/[]%".utf8.contains(byte)
      }
    }
    return isPlain ? TargetAddress(argument: word) : nil
  }
}
