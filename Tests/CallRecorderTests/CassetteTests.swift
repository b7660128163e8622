import CallRecorder
import Protobuf
import RPCCore
import Testing

@Suite("Cassettes")
struct CassetteTests {
  @Test("what was written is read, in its order, however the bytes come", arguments: [1, 7, 4_096])
  func whole(_ step: Int) throws {
    let sample = try SampleCassette()
    var reader = CassetteReader()
    var entries: [CassetteEntry] = []
    for start in stride(from: 0, to: sample.bytes.count, by: step) {
      reader.receive(sample.bytes[start..<min(start + step, sample.bytes.count)])
      while let entry = try reader.next() { entries.append(entry) }
    }
    try reader.finish()
    #expect(entries == sample.entries)
    #expect(reader.header?.target == "dns:///localhost:1")
    #expect(reader.footer?.calls == 3)
    #expect(reader.footer?.entries == UInt64(sample.entries.count + 1))
  }

  @Test("calls that interleave are told apart")
  func calls() throws {
    let sample = try SampleCassette()
    let cassette = try Cassette(sample.bytes)
    #expect(cassette.calls.map(\.header.path) == ["/a.B/One", "/a.B/Many", "/a.B/Gone"])
    #expect(cassette.calls[0].requests.map(\.bytes) == [[1, 2, 3]])
    #expect(cassette.calls[0].status == .ok)
    #expect(cassette.calls[1].responses.map(\.bytes) == [[], [9], [8, 8]])
    #expect(cassette.calls[1].status?.details == [4, 5])
    #expect(cassette.calls[2].status == nil)
    #expect(cassette.calls[2].end?.event == .cancel(resetCode: 8))
  }

  @Test("a bit that was changed anywhere is found, and the entry named that has it")
  func flipped() throws {
    let sample = try SampleCassette()
    for index in sample.bytes.indices {
      var bytes = sample.bytes
      bytes[index] ^= 1 << (index % 8)
      let fault = #expect(throws: CassetteFault.self) { _ = try Cassette(bytes) }
      let number = sample.number(at: index)
      // The last has nobody behind it who could say whether it or the one before was changed.
      let named: Set = number == sample.ends.count ? [number - 1, number] : [number]
      #expect(
        named.contains(fault?.entry ?? 0), "byte \(index): \(fault.map { "\($0)" } ?? "none")")
    }
  }

  @Test("a tail that is missing is found wherever it was cut off")
  func cutOff() throws {
    let sample = try SampleCassette()
    for count in 0..<sample.bytes.count {
      // Nothing at all is a log without entries.
      if count == 0 { continue }
      let bytes = Array(sample.bytes.prefix(count))
      let fault = #expect(throws: CassetteFault.self) { _ = try Cassette(bytes) }
      // Without its first entry whole it is not known to be a cassette, but that entry is not whole either.
      #expect(fault?.kind == .cutOff)
      #expect(fault?.offset == sample.ends.last { $0 <= count } ?? 0)
    }
  }

  @Test("an entry that was taken out, put in twice or moved is found")
  func moved() throws {
    let sample = try SampleCassette()
    let pieces = sample.pieces
    for index in pieces.indices.dropFirst() {
      var without = pieces
      without.remove(at: index)
      var twice = pieces
      twice.insert(pieces[index], at: index)
      var swapped = pieces
      swapped.swapAt(index, index - 1)
      for changed in [without, twice, swapped] where changed != pieces {
        #expect(throws: CassetteFault.self) { _ = try Cassette(changed.flatMap(\.self)) }
      }
    }
  }

  @Test("a length that no entry has is refused before anything is held for it")
  func lengths() {
    let lengths: [(UInt32, [UInt8])] = [
      (.max, [255, 255, 255, 255]), (33_554_433, [2, 0, 0, 1]),
    ]
    for (length, bytes) in lengths {
      var reader = CassetteReader()
      reader.receive(bytes)
      #expect(throws: CassetteFault(.tooLong(Int(length)), entry: 1, offset: 0)) {
        _ = try reader.next()
      }
    }
  }

  @Test("what comes after the end of a call is not recorded")
  func late() throws {
    var writer = CassetteWriter(from: .init(microsecondsSinceEpoch: 0))
    _ = try writer.begin(.init())
    let call = writer.beginCall()
    #expect(try !writer.append(.clientHeader(.init(path: "/a/b")), to: call, at: .zero).isEmpty)
    #expect(try !writer.append(.cancel(resetCode: nil), to: call, at: .zero).isEmpty)
    #expect(try writer.append(.serverTrailer(.init(.ok)), to: call, at: .zero).isEmpty)
  }

  @Test("the signature is over the last entry before the end")
  func signed() throws {
    var signed: [UInt8] = []
    let sample = try SampleCassette {
      signed = $0
      return [7, 7, 7]
    }
    var reader = CassetteReader()
    reader.receive(sample.bytes)
    while try reader.next() != nil {}
    try reader.finish()
    #expect(reader.footer?.ed25519Signature == [7, 7, 7])
    #expect(reader.signedDigest == signed)
    #expect(signed.count == 32)
  }
}
