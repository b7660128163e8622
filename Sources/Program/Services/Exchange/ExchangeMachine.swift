import Domain

/// The rules of one exchange: the order of the client's messages, what is sent and not acknowledged, and how both
/// sides end.
///
///     greeting ──hello──▶ opening ──begun──▶ reading ──command──▶ working
///        │                                   │     ◀──answered───  │
///        │                            requests ended               │
///        │                                   ▼                     │
///        └──────────────▶ over ◀───────── closing                  │
///                          ▲  ◀──answered── leaving ◀──told────────┘
///
/// One side reads requests, and works off a command before it reads on; the other tells of referrals. `told` is the
/// end of the second, whatever the reason.
struct ExchangeMachine: ~Copyable {
  /// What to do about a message of the client.
  enum OnMessage: Equatable {
    /// Begin with this many unacknowledged items at most.
    case begin(inFlightMax: Int)
    /// Tell on, and say where the client can now go on.
    case wakeTeller
    /// Do the unary call.
    case run
    /// Nothing: the exchange is over.
    case drop
  }

  /// What to do when the side that tells has ended.
  enum OnTold: Equatable {
    /// Stop reading.
    case stopReader
    /// The reader ends by itself.
    case wait
  }

  /// Of items sent and not acknowledged, when the client does not say.
  static let inFlightUsual = 32

  private enum Phase { case greeting, opening, reading, working, closing, leaving, over }

  private var phase = Phase.greeting
  private var inFlightMax = 0
  /// The places behind the items that are sent and not acknowledged, by their numbers, which are dense.
  private var inFlight: [ResumePlace] = []
  /// Behind everything acknowledged.
  private var acknowledged = ResumePlace(position: 0, eventNumber: 0)
  private var isBookmarkDue = false

  // MARK: What the client says

  /// - Parameter limit: the message's `max_in_flight`; 0 for the usual
  /// - Throws: FIELD_INVALID for a second one
  mutating func helloArrived(maxInFlight limit: Int) throws(Refusal) -> OnMessage {
    switch phase {
    case .greeting:
      phase = .opening
      inFlightMax = limit == 0 ? Self.inFlightUsual : limit
      return .begin(inFlightMax: inFlightMax)
    case .over, .leaving: return .drop
    case .opening, .reading, .working, .closing:
      throw Refusal.field(
        "hello", "comes once, first; to change it, end this exchange and begin another")
    }
  }

  /// - Throws: FIELD_INVALID for a number that was not sent, or is less than the last one acknowledged
  mutating func ackArrived(_ number: Int64) throws(Refusal) -> OnMessage {
    guard try isOpen("ack") else { return .drop }
    let last = acknowledged.eventNumber
    guard number >= last else {
      throw Refusal.field(
        "ack.event_no", "goes back behind \(last), which is acknowledged; numbers only grow")
    }
    guard number - last <= inFlight.count else {
      throw Refusal.field(
        "ack.event_no",
        "is of no work that was sent; the last is \(last + Int64(inFlight.count))")
    }
    guard number > last else { return .wakeTeller }
    acknowledged = inFlight[Int(number - last) - 1]
    inFlight.removeFirst(Int(number - last))
    isBookmarkDue = true
    return .wakeTeller
  }

  /// - Throws: FIELD_INVALID before the hello
  mutating func commandArrived() throws(Refusal) -> OnMessage {
    guard try isOpen("command") else { return .drop }
    phase = .working
    return .run
  }

  /// The client has no more to say.
  ///
  /// - Throws: FIELD_INVALID when it has not said hello
  mutating func requestsEnded() throws(Refusal) -> OnMessage {
    switch phase {
    case .greeting: throw Self.noHello
    case .opening, .reading, .working: phase = .closing
    case .closing, .leaving, .over: return .drop
    }
    return .wakeTeller
  }

  /// Whether messages count; they do not once the exchange is over.
  private func isOpen(_ field: String) throws(Refusal) -> Bool {
    switch phase {
    case .greeting:
      throw Refusal.field(
        field, "comes before the hello; send a hello first, an empty one suffices")
    case .opening, .reading, .working, .closing: true
    case .leaving, .over: false
    }
  }

  /// The first message is not there.
  static var noHello: Refusal {
    Refusal.field("hello", "is missing; send it first, and at once, an empty one suffices")
  }

  // MARK: What the server does

  /// The subscription stands at a place.
  mutating func begun(at place: ResumePlace) {
    guard phase == .opening else { return }
    phase = .reading
    acknowledged = place
  }

  /// A command's result is sent.
  ///
  /// - Returns: whether to read on
  mutating func answered() -> Bool {
    switch phase {
    case .working: phase = .reading
    case .leaving: phase = .over
    case .greeting, .opening, .reading, .closing, .over: break
    }
    return phase == .reading
  }

  /// The side that tells has ended: closed, by a reset, or failed.
  mutating func told() -> OnTold {
    switch phase {
    case .working:
      phase = .leaving
      return .wait
    case .closing:
      phase = .over
      return .wait
    case .leaving: return .wait
    case .greeting, .opening, .reading, .over:
      phase = .over
      return .stopReader
    }
  }

  /// An item is about to be sent, behind which the subscription is at a place.
  mutating func telling(at place: ResumePlace) { inFlight.append(place) }

  /// How many more items the client takes now; nil when no more are to be sent.
  var room: Int? {
    switch phase {
    case .reading, .working: max(0, inFlightMax - inFlight.count)
    case .greeting, .opening: 0
    case .closing, .leaving, .over: nil
    }
  }

  /// Whether the client has acknowledged and not been told since where it can go on.
  mutating func takeBookmark() -> Bool {
    defer { isBookmarkDue = false }
    return isBookmarkDue
  }

  /// Where to go on after a break: behind what is acknowledged, and if that is everything, behind what was
  /// looked at besides.
  func resumePlace(told place: ResumePlace) -> ResumePlace {
    inFlight.isEmpty ? place : acknowledged
  }
}
