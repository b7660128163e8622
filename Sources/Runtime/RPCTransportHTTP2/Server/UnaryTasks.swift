internal import NIOCore
internal import RPCCore

/// The unary calls of one event loop whose handlers are to run, and the tasks that run them.
///
/// A task takes one call after the other for as long as no handler waits: to make and end a task for each
/// costs a tenth of a small call. A handler that waits keeps its task, and the calls behind it get another.
/// What was cancelled stays so, so a task that was ends with its handler.
final class UnaryTasks: @unchecked Sendable {
  // `@unchecked`: touched on its event loop only.

  private var calls: [ServerStream?] = []
  private var next = 0
  /// A task was made for them that has not begun.
  private var isTaskComing = false

  func add(_ call: ServerStream) { calls.append(call) }

  /// Makes a task for the calls that wait, if none is on its way to them. It takes its turn behind the jobs
  /// that its executor has already.
  func startIfNeeded(on executor: LoopExecutor) {
    guard !isTaskComing, !isEmpty else { return }
    isTaskComing = true
    let handle = Handle()
    handle.task = Task(executorPreference: executor) { [self] in
      isTaskComing = false
      while !Task.isCancelled, let call = take() {
        if call.connection.makesWaitForRoom(call) { continue }
        guard let (code, request) = call.begin(in: handle.task) else { continue }
        let result: Result<[UInt8]?, any Error>
        do {
          result = .success(try await code(request, call.call))
        } catch {
          result = .failure(error)
        }
        guard executor.eventLoop.inEventLoop else {
          // The handler preferred another executor at its end, and optimised code may still be there.
          executor.runNow { call.end(result) }
          break
        }
        call.end(result)
      }
      handle.task = nil
    }
  }

  private var isEmpty: Bool { next == calls.count }

  private func take() -> ServerStream? {
    if isEmpty { return nil }
    let call = calls[next].take()
    next += 1
    if isEmpty {
      calls.removeAll(keepingCapacity: true)
      next = 0
    }
    return call
  }

  /// Tells a task who it is.
  private final class Handle: @unchecked Sendable {
    var task: Task<Void, Never>?
  }
}
