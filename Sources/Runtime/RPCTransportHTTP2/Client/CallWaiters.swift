internal import NIOCore

/// Where the caller of a call with streams waits, one task at each place.
struct CallWaiters {
  let reader: Waiter
  let writer: Waiter
  let head: Waiter

  init(eventLoop: any EventLoop) {
    reader = Waiter(eventLoop: eventLoop, conflict: "two tasks read the same responses")
    writer = Waiter(eventLoop: eventLoop, conflict: "two tasks write the same requests")
    head = Waiter(eventLoop: eventLoop, conflict: "two tasks wait for the same metadata")
  }

  func wakeAll() {
    reader.wake()
    writer.wake()
    head.wake()
  }
}
