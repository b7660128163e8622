/// Changes inputs at random, from a seed (SplitMix64).
struct InputChanges: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// The input with one to four places changed, put in, taken out or said twice.
  mutating func changed(_ input: [UInt8]) -> [UInt8] {
    var bytes = input
    for _ in 0..<Int.random(in: 1...4, using: &self) {
      let place = Int.random(in: 0...bytes.count, using: &self)
      let end = min(bytes.count, place + Int.random(in: 1...9, using: &self))
      switch Int.random(in: 0..<5, using: &self) {
      case 0: bytes.insert(.random(in: 0...255, using: &self), at: place)
      case 1: bytes.removeSubrange(place..<end)
      case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
      case 3 where place < end: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
      default: for index in place..<end { bytes[index] = .random(in: 0...255, using: &self) }
      }
    }
    return bytes
  }
}
