/// Why a text is no service config.
///
/// Whoever gets one keeps the config that was in force before (gRFC A21).
public struct ServiceConfigError: Error, Hashable, Sendable {
  /// Where, by the names in the text: `methodConfig[2].retryPolicy.maxAttempts`; empty for the whole.
  public let path: String
  /// What is allowed there, as a sentence without its end: "must be a whole number from 2".
  public let problem: String

  init(path: String, _ problem: String) {
    self.path = path
    self.problem = problem
  }
}

extension ServiceConfigError: CustomStringConvertible {
  /// One line: `methodConfig[2].timeout: must be seconds with an s, such as 1.5s`.
  public var description: String { path.isEmpty ? problem : "\(path): \(problem)" }
}
