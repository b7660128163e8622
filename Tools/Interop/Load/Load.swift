import Foundation
import Protobuf
import RPCCore
import RPCTransportHTTP2
import Synchronization

/// Unary echo calls on one channel, so many at once, again and again.
struct Load: Sendable {
  /// What is not counted: connecting, and whatever is made the first time.
  private static let warmUp: Duration = .seconds(1)

  var channel: HTTP2Channel
  var concurrency: Int
  var duration: Duration

  /// What was counted.
  struct Result: Sendable, CustomStringConvertible {
    var callCount: Int
    var seconds: Double
    /// CPU time of this process, of programs and kernel.
    var cpuSeconds: Double

    var description: String {
      String(format: "calls %d seconds %.3f cpu_seconds %.3f", callCount, seconds, cpuSeconds)
    }
  }

  private final class Progress: Sendable {
    let callCount = Atomic(0)
    let isOver = Atomic(false)
  }

  /// Calls until the time is up.
  ///
  /// - Throws: how a call has failed, or ``Wrong`` for a wrong answer; the load ends with the first
  func run() async throws -> Result {
    let progress = Progress()
    return try await withThrowingTaskGroup(of: Result?.self) { group in
      for _ in 0..<concurrency {
        group.addTask(executorPreference: channel.executor) {
          try await call(until: progress)
          return nil
        }
      }
      group.addTask {
        defer { progress.isOver.store(true, ordering: .relaxed) }
        try await Task.sleep(for: Self.warmUp)
        let before = Moment(progress)
        try await Task.sleep(for: duration)
        return before.result(at: Moment(progress))
      }
      var result: Result?
      while let each = try await group.next() { result = result ?? each }
      guard let result else { throw Wrong("the load was not measured") }
      return result
    }
  }

  private func call(until progress: Progress) async throws {
    let echo = AnchorV1.EchoClient(RPCClient(transport: channel))
    let request = AnchorV1.EchoRequest.with { $0.payload = Array("abcdefghijklmnop".utf8) }
    while !progress.isOver.load(ordering: .relaxed) {
      let reply = try await echo.unary(request)
      guard reply.payload == request.payload else { throw Wrong("the echo is another text") }
      progress.callCount.add(1, ordering: .relaxed)
    }
  }

  /// What has been done until some moment.
  private struct Moment {
    var callCount: Int
    var time: ContinuousClock.Instant
    var cpuSeconds: Double

    init(_ progress: Progress) {
      callCount = progress.callCount.load(ordering: .relaxed)
      time = .now
      var usage = rusage()
      // SAFETY: the kernel fills in a structure of its own layout, which lives until the call returns.
      _ = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      cpuSeconds = Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime)
    }

    private static func seconds(_ time: timeval) -> Double {
      Double(time.tv_sec) + Double(time.tv_usec) / 1e6
    }

    func result(at end: Moment) -> Result {
      Result(
        callCount: end.callCount - callCount, seconds: (end.time - time) / .seconds(1),
        cpuSeconds: end.cpuSeconds - cpuSeconds)
    }
  }
}
