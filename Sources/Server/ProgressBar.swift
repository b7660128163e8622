import Foundation
import Glibc
import Synchronization

/// How far something long has come, on standard error: a bar on a terminal, and elsewhere a line for each tenth.
final class ProgressBar: Sendable {
  private static let width = 30
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let lastTenth = Mutex(-1)

  func show(_ done: Int, of total: Int, _ what: String) {
    let share = total > 0 ? Double(done) / Double(total) : 1
    if isTerminal {
      let filled = Int(share * Double(Self.width))
      let bar =
        String(repeating: "█", count: filled) + String(repeating: "░", count: Self.width - filled)
      write("\r\(bar) \(Int(share * 100)) %, \(done) of \(total) rows: \(what)\u{1b}[K")
      return
    }
    let tenth = Int(share * 10)
    let isNew = lastTenth.withLock { last in
      defer { last = tenth }
      return last != tenth
    }
    if isNew { write("\(done) of \(total) rows: \(what)\n") }
  }

  func end() {
    if isTerminal { write("\n") }
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
