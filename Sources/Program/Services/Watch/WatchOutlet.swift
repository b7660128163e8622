import Domain
import RPCCore

/// Where a watch's items go, and how many of them its reader has room for.
protocol WatchOutlet<Response>: Sendable {
  /// The items of the stream.
  associatedtype Response: WatchStreamItem

  /// Whether the reader says how far it is, so that what it has not stored comes again.
  var isPaced: Bool { get }
  /// How many more records it takes now; nil when it takes no more ever, and the watch is to end. Whoever makes
  /// room wakes the watcher.
  var room: Int? { get }
  /// Whether the reader waits for a bookmark; asking is taking note.
  func isBookmarkDue() -> Bool
  /// Where to go on after a break when all before `place` has been told.
  func resumePlace(told place: ResumePlace) -> ResumePlace
  /// Sends what tells of a record, behind which the stream is at `place`.
  func tell(_ response: Response, at place: ResumePlace) async throws
  /// Sends what tells of none.
  func say(_ response: Response) async throws
}

/// The stream itself: of a client that takes what it reads.
struct OpenOutlet<Response: WatchStreamItem>: WatchOutlet {
  let responses: ResponseStream<Response>

  var isPaced: Bool { false }
  var room: Int? { .max }
  func isBookmarkDue() -> Bool { false }
  func resumePlace(told place: ResumePlace) -> ResumePlace { place }

  func tell(_ response: Response, at place: ResumePlace) async throws {
    try await responses.write(response)
  }

  func say(_ response: Response) async throws { try await responses.write(response) }
}
