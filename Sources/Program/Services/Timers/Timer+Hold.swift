import Domain
import Storage

extension Timer<HoldID> {
  /// A hold whose time has passed is EXPIRED, which it was without anybody's doing: claims compare the time.
  /// It is written down for those who watch the slots, because only an event tells them of free seats.
  static var expireHold: Self {
    Timer("ExpireHold", isOneByOne: true) { reader, key, limit in
      try reader.holdsToExpire(after: key, limit: limit)
    } move: { work, id in
      guard let hold = try work.tx.hold(id), hold.state == .active else { return false }
      try work.concern(hold.registration)
      try work.expire(hold)
      try work.offerFreedSeats(in: hold.slot, besides: hold.registration)
      return true
    }
  }
}
