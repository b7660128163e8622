/// FNV-1a, 64 bit: a number for a text, against mistakes and chance, not against attackers.
///
/// Source: Fowler, Noll, Vo; draft-eastlake-fnv.
func fingerprint(of text: String) -> UInt64 {
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
  return hash
}
