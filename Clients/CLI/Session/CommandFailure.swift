/// Why a command did not do its work, in words for the person at the keyboard.
struct CommandFailure: Error, Sendable, CustomStringConvertible {
  /// One or more lines, without a newline at the end.
  var description: String
  /// 1 for a failure on this side, 64 + the status code for a failed call.
  var exitCode: Int32

  init(_ description: String, exitCode: Int32 = 1) {
    self.description = description
    self.exitCode = exitCode
  }
}
