import Domain
import Storage
import StoreSamples

/// What a filled store holds, so many registrations: of the same number there is always the same, so that whoever knows
/// the plan knows every name in the store.
struct FillPlan: Sendable, Hashable {
  /// To be raised whenever records are made in another way.
  static let version = 2
  /// As many as have numbers of eight digits for the documents of so many people each.
  static let countMax = 90_000_000 / personCountMax
  /// The most people in one registration.
  private static let personCountMax = 8

  var count: Int
  var seed: UInt64 = 1

  /// Where a registration has come to. Of eight, six are invited and may book.
  enum Stage: Int {
    case submitted = 2
    case screening, invited
  }

  func stage(of number: Int) -> Stage {
    switch number % 8 {
    case 6: .screening
    case 7: .submitted
    default: .invited
    }
  }

  /// The numbers of the documents of a registration, which nobody else has: with somebody else's it would be held
  /// until a reviewer has looked at it.
  func serials(of number: Int) -> Range<Int> {
    let first = 10_000_000 + number * Self.personCountMax
    return first..<first + Self.personCountMax
  }

  /// How many may book.
  var invitedCount: Int { (0..<(count % 8)).count { $0 < 6 } + count / 8 * 6 }

  /// The numbers of so many that may book, from all over the store; who asks for more gets the same ones first.
  func invited(_ wanted: Int) -> [Int] {
    Array(scattered.lazy.filter { stage(of: $0) == .invited }.prefix(wanted))
  }

  /// Every number once, in an order that goes all over the store.
  var scattered: some Collection<Int> {
    // A prime larger than any count shares no factor with it.
    (0..<count).lazy.map { [count] in Int(Int64($0) * 2_147_483_647 % Int64(count)) }
  }

  /// The window by which all came in; as large as it was full.
  func window(of program: Program) -> IntakeWindow {
    var random = SplitMix64(seed: seed)
    return IntakeWindow(
      id: IntakeWindowID(checked: "\(program.id)/before"), uid: ResourceUID(using: &random),
      openTime: Self.begin, closeTime: StoredWorld.opening, quota: count, admitted: 0,
      state: .open, revision: Revision(createdAt: Self.begin))
  }

  /// When the first was begun.
  static var begin: Instant { StoredWorld.opening - .days(10) }

  /// When a registration was begun: one after the other, the last a day before the opening.
  func beginning(of number: Int) -> Instant {
    Self.begin + .microseconds(Int64(number) * (9 * 86_400_000_000 / Int64(count)))
  }

  /// When a registration was submitted, and so admitted.
  func submission(of number: Int) -> Instant { beginning(of: number) + .hours(1) }
}
