/// The low three bits of a tag (https://protobuf.dev/programming-guides/encoding).
enum WireType: UInt8 {
  case varint = 0
  case fixed64 = 1
  case lengthDelimited = 2
  case groupStart = 3
  case groupEnd = 4
  case fixed32 = 5
}
