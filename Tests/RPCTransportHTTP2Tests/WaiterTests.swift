import NIOCore
import NIOPosix
import RPCCore
import Synchronization
import Testing

@testable import RPCTransportHTTP2

@Suite("waiting on a loop")
struct WaiterTests {
  /// Runs `body` with the executor of a loop of its own.
  private func withExecutor(_ body: (LoopExecutor) async throws -> Void) async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    try await body(LoopExecutor(eventLoop: group.next()))
    try await group.shutdownGracefully()
  }

  private func wait(_ waiter: Waiter, _ executor: LoopExecutor) -> Task<Bool, Never> {
    Task(executorPreference: executor) {
      do {
        try await waiter.wait()
        return true
      } catch {
        return false
      }
    }
  }

  /// Lets what is queued on the loop be done, several times over.
  private func settle(_ executor: LoopExecutor) async throws {
    for _ in 0..<5 { try await executor.eventLoop.submit {}.get() }
  }

  @Test("a cancellation that comes late does not end the wait of the next")
  func lateCancellation() async throws {
    try await withExecutor { executor in
      let waiter = Waiter(eventLoop: executor.eventLoop, conflict: "two wait")
      let first = wait(waiter, executor)
      try await settle(executor)
      // On the loop, so that the second waits before the first has come back and its cancellation is heard.
      let second = try await executor.eventLoop.submit {
        let second = wait(waiter, executor)
        waiter.wake()
        first.cancel()
        return second
      }.get()
      #expect(await first.value)
      try await settle(executor)
      try await executor.eventLoop.submit { waiter.wake() }.get()
      #expect(await second.value)
    }
  }

  @Test("a cancellation ends its own wait, and so does one that was there before")
  func cancellation() async throws {
    try await withExecutor { executor in
      let waiter = Waiter(eventLoop: executor.eventLoop, conflict: "two wait")
      let first = wait(waiter, executor)
      try await settle(executor)
      first.cancel()
      #expect(await first.value == false)
      let second = try await executor.eventLoop.submit {
        let second = wait(waiter, executor)
        second.cancel()
        return second
      }.get()
      #expect(await second.value == false)
    }
  }

  @Test("the second of two at once is told so")
  func conflict() async throws {
    try await withExecutor { executor in
      let waiter = Waiter(eventLoop: executor.eventLoop, conflict: "two wait")
      let first = wait(waiter, executor)
      try await settle(executor)
      #expect(await wait(waiter, executor).value == false)
      try await executor.eventLoop.submit { waiter.wake() }.get()
      #expect(await first.value)
    }
  }
}
