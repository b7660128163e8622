/// Finds the streams of a connection whose client does not take what waits for it.
///
/// A stream that has a window waits for its turn, for the connection's window or for the socket, and is over
/// when nothing of the connection goes by. One whose window is used up waits for the client; but that one may
/// have its bytes still to come. The answer to a PING proves that it has them, and then its time runs.
struct ResponsePatience {
  /// A stream whose bytes wait.
  struct Stream {
    var id: Int32
    var sentByteCount: Int
    /// So much of it waits that it must go at a rate.
    var isLarge: Bool
    /// The client would take more of it.
    var hasWindow: Bool
  }

  private struct Suspicion {
    var pace: Pace
    /// The client has what was sent before.
    var isProven = false
  }

  private let time: Duration
  private let largeByteCount: Int
  private var suspicions: [Int32: Suspicion] = [:]
  private var earlier: [Int32: Suspicion] = [:]
  private var connection: Pace?
  private var isConnectionSlow = false
  /// When the PING went out that has not come back, and the last one that has.
  private var askedAt: ContinuousClock.Instant?
  private var provenUntil: ContinuousClock.Instant?

  /// - Parameters:
  ///   - time: how long a client may take nothing
  ///   - largeByteCount: how much it must take in that time where much waits
  init(time: Duration, largeByteCount: Int) {
    self.time = time
    self.largeByteCount = largeByteCount
  }

  /// Begins a look at all streams.
  ///
  /// - Parameters:
  ///   - sentByteCount: bytes sent on all of them so far
  ///   - isLarge: so much waits on all of them that it must go at a rate
  mutating func beginLook(sentByteCount: Int, isLarge: Bool, at now: ContinuousClock.Instant) {
    swap(&suspicions, &earlier)
    suspicions.removeAll(keepingCapacity: true)
    var pace = connection ?? Pace(at: now, byteCount: sentByteCount)
    isConnectionSlow = !pace.observe(
      sentByteCount, at: now, least: isLarge ? largeByteCount : 1, in: time)
    connection = pace
  }

  /// Looks at a stream.
  ///
  /// - Returns: whether its time is over
  mutating func isOver(_ stream: Stream, at now: ContinuousClock.Instant) -> Bool {
    if stream.hasWindow { return isConnectionSlow }
    let fresh = Suspicion(pace: Pace(at: now, byteCount: stream.sentByteCount))
    var suspicion = earlier[stream.id] ?? fresh
    let began = suspicion.pace.keptAt
    let isKept = suspicion.pace.observe(
      stream.sentByteCount, at: now, least: stream.isLarge ? largeByteCount : 1, in: time)
    if suspicion.pace.keptAt != began {
      suspicion = fresh
    } else if !suspicion.isProven, isProven(since: began, at: now) {
      suspicion = fresh
      suspicion.isProven = true
    }
    suspicions[stream.id] = suspicion
    return suspicion.isProven && !isKept
  }

  /// Ends a look.
  ///
  /// - Parameter isAnyWaiting: whether there was a stream to look at
  /// - Returns: whether a PING is to be sent; `pingAnswered` is told of its answer
  mutating func endLook(isAnyWaiting: Bool, at now: ContinuousClock.Instant) -> Bool {
    if !isAnyWaiting { connection = nil }
    guard askedAt == nil, suspicions.values.contains(where: { !$0.isProven }) else { return false }
    askedAt = now
    return true
  }

  /// The PING has come back: what was sent before it has arrived.
  mutating func pingAnswered() {
    provenUntil = askedAt
    askedAt = nil
  }

  /// Whether the client has what was sent until then. One that never answers is believed no longer than
  /// the worst link would take to carry what the system keeps for it.
  private func isProven(
    since began: ContinuousClock.Instant, at now: ContinuousClock.Instant
  ) -> Bool {
    if let provenUntil, provenUntil >= began { return true }
    return began.duration(to: now) > time * 10
  }
}
