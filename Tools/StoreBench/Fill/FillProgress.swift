import Foundation
import Glibc

/// How far the filling has come, on standard error, and on a terminal alone.
struct FillProgress {
  private static let width = 30

  let total: Int
  private let begin = ContinuousClock.now
  private let isTerminal = isatty(STDERR_FILENO) == 1

  init(total: Int) { self.total = total }

  func show(_ done: Int) {
    guard isTerminal else { return }
    let filled = done * Self.width / total
    let bar =
      String(repeating: "█", count: filled) + String(repeating: "░", count: Self.width - filled)
    write("\r\(bar) \(done) of \(total) registrations\u{1b}[K")
  }

  /// All are stored; how fast is told everywhere.
  func end() {
    let seconds = begin.duration(to: .now) / .seconds(1)
    let rate = Int(Double(total) / seconds)
    write(
      "\(isTerminal ? "\n" : "")filled a store with \(total) registrations in \(Int(seconds)) s, \(rate) a second\n"
    )
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
