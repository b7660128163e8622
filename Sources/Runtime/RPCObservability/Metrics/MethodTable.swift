internal import RPCCore

/// Numbers the methods of a server, and finds a method's number without hashing text.
///
/// What a transport hands to observers are copies of the router's own descriptors, so the identity of
/// the shared names finds them; any other descriptor of the same method is found by its path.
struct MethodTable: Sendable {
  // Open addressing, at most half full, by identities as numbers: a lookup touches no reference count.
  private let slots: [Slot]
  private let byPath: [String: Int]
  // Kept, so that no other object can have one of the identities.
  private let methods: [MethodDescriptor]

  private struct Slot: Sendable {
    // Of no object while the slot is empty.
    var identity: UInt = 0
    var index = 0
  }

  /// Numbers `methods` from 0.
  init(_ methods: [MethodDescriptor]) {
    self.methods = methods
    byPath = Dictionary(methods.enumerated().map { ($1.path, $0) }) { first, _ in first }
    var slotCount = 2
    while slotCount < methods.count * 2 { slotCount *= 2 }
    var slots = [Slot](repeating: Slot(), count: slotCount)
    for (index, method) in methods.enumerated() {
      let identity = UInt(bitPattern: method.identity)
      var slot = Self.slot(of: identity, count: slotCount)
      while slots[slot].identity != 0 { slot = (slot + 1) & (slotCount - 1) }
      slots[slot] = Slot(identity: identity, index: index)
    }
    self.slots = slots
  }

  /// The method's number, nil for one that is not here.
  func index(of method: MethodDescriptor) -> Int? {
    let identity = UInt(bitPattern: method.identity)
    var slot = Self.slot(of: identity, count: slots.count)
    while slots[slot].identity != 0 {
      if slots[slot].identity == identity { return slots[slot].index }
      slot = (slot + 1) & (slots.count - 1)
    }
    return byPath[method.path]
  }

  private static func slot(of identity: UInt, count: Int) -> Int {
    // Objects lie at multiples of 16; the multiplication spreads what is left over the upper bits.
    let hash = UInt64(identity >> 4) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: hash >> 32) & (count - 1)
  }
}
