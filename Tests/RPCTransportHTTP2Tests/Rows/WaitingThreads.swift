import Dispatch

/// Runs tasks that wait on sockets, each on a thread of its own, where they keep nobody else from running.
final class WaitingThreads: TaskExecutor {
  static let shared = WaitingThreads()

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    DispatchQueue.global().async { [self] in
      // SAFETY: the job was given to us once and is run once, on the executor it was given to.
      unsafe job.runSynchronously(on: asUnownedTaskExecutor())
    }
  }
}
