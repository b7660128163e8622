import KitchenSink
import Testing

@testable import Protobuf

/// Our decoder and libprotobuf-c must read the same, wherever the library keeps to the rules.
@Suite("Our decoder against libprotobuf-c")
struct DifferentialTests {
  @Test("Random and damaged bytes read the same", arguments: [21, 22, 23])
  func agree(_ seed: UInt64) throws {
    var source = RandomMessage(seed: seed)
    var tally = Tally()
    for _ in 0..<400 {
      try compare(source.make(KitchenV1.Scalars.self), &source, &tally, seed)
      try compare(source.make(KitchenV1.Maps.self), &source, &tally, seed)
      try compare(source.make(KitchenV1.Choices.self), &source, &tally, seed)
      try compare(source.make(KitchenV1.Tree.self), &source, &tally, seed)
    }
    // The comparison means something only when both outcomes are common.
    #expect(tally.read > 1000)
    #expect(tally.refused > 300)
  }

  struct Tally {
    var read = 0
    var refused = 0
    var beyondTheLibrary = 0
  }

  private func compare<Value: Message>(
    _ message: Value, _ source: inout RandomMessage, _ tally: inout Tally, _ seed: UInt64
  ) throws {
    let bytes = try message.serializedBytes()
    for input in [bytes, source.damaged(bytes)] {
      let ours = Result { try Value(serializedBytes: input).serializedBytes() }
      let theirs = Result { try LibraryDecoder.read(Value.self, input)?.serializedBytes() }
      switch (ours, theirs) {
      case (_, .success(nil)): tally.beyondTheLibrary += 1
      case (.success(let left), .success(let right?)):
        #expect(left == right, "\(Value.self), seed \(seed), \(input)")
        tally.read += 1
      case (.failure(let left), .failure(let right)):
        #expect(
          (left as? DecodingError)?.reason == (right as? DecodingError)?.reason,
          "\(Value.self), seed \(seed), \(input)")
        tally.refused += 1
      case (.success, .failure), (.failure, .success):
        Issue.record("\(Value.self): \(ours) against \(theirs), seed \(seed), \(input)")
      }
    }
  }
}
