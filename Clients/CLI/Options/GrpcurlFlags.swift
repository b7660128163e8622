/// The flags of grpcurl, which people know by heart, under the names that they have here.
enum GrpcurlFlags {
  private static let names = [
    "-plaintext": "--insecure", "-proto": "--proto", "-protoset": "--protoset",
    "-import-path": "--import-path", "-cacert": "--tls-ca", "-cert": "--tls-cert",
    "-key": "--tls-key",
  ]

  /// A command line with our own names.
  ///
  /// Not left to the parser: to a command that does not know it, `-proto` is `-p -r -o -t -o`, and it takes the `-o`.
  static func replaced(in arguments: [String]) -> [String] {
    let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
    return arguments[..<end].map { word in
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let first = parts.first, let name = names[String(first)] else { return word }
      return ([name] + parts.dropFirst().map(String.init)).joined(separator: "=")
    } + arguments[end...]
  }
}
