import Foundation
import Glibc
import RPCTransportHTTP2
import Testing
import Trials

/// An attack on the real server program, and what it did to the program and to somebody honest.
struct Attack<Value: Sendable>: Sendable {
  /// What the attacker saw.
  var value: Value
  /// How far memory rose above what it was before.
  var peakGrowthKiB: Int
  /// How much of that stayed.
  var growthKiB: Int
  /// How often the attack was made; short ones are repeated, so that the honest client is there.
  var roundCount: Int
  /// Processor time the server took for each round, the honest client's calls with it.
  var cpuSeconds: Double
  var wallSeconds: Double
  /// The honest client's calls while the attack ran.
  var honest: HonestClient.Record
}

extension Attack {
  /// Starts `pasarela-interop server`, lets `attack` run against it on a thread of its own while an honest
  /// client is served, and checks that it costs no more than it may, that no call of it is left, and that
  /// the server then serves a newcomer and ends with 0 on SIGTERM.
  ///
  /// - Parameter count: how often its processor time is measured, until it is within its bound: the least counts,
  ///   for other work on the machine only adds to it
  static func onProgram(
    _ name: String, cost: AttackCost = AttackCost(), measuredAtMost count: Int = 1,
    _ attack: @escaping @Sendable (Int) throws -> Value
  ) async throws -> Attack {
    var result = try await onOneProgram(name, attack)
    for _ in 1..<count where !result.isInTime(cost) {
      result = try await onOneProgram(name, attack)
    }
    result.expect(within: cost)
    return result
  }

  private static func onOneProgram(
    _ name: String, _ attack: @escaping @Sendable (Int) throws -> Value
  ) async throws -> Attack {
    let program = try ServerProcess(
      "pasarela-interop", ["server", "--listen", "127.0.0.1:0", "--loops", "1"])
    defer { program.kill() }
    let address = try #require(Endpoint(try program.waitUntilListening()))
    guard case .tcp(_, let port) = address else { throw AttackFailure("no port: \(address)") }
    let honest = HonestClient(address, .program)
    let warmUp = await honest.call(times: 100)
    #expect(warmUp.failures == [])

    try ProcessMeasure.resetPeak(of: program.pid)
    let before = try ProcessMeasure(of: program.pid)
    let start = Moment.now
    let ((value, roundCount), record) = try await Attack<(Value, Int)>.whileServed(honest) {
      var count = 0
      while true {
        let value = try attack(port)
        count += 1
        if start.seconds > AttackBound.repeatsForSeconds { return (value, count) }
      }
    }
    let wall = start.seconds
    let after = try ProcessMeasure(of: program.pid)
    let result = Attack(
      value: value, peakGrowthKiB: after.peakKiB - before.residentKiB,
      growthKiB: after.residentKiB - before.residentKiB,
      roundCount: roundCount,
      cpuSeconds: (after.cpuSeconds - before.cpuSeconds) / Double(roundCount), wallSeconds: wall,
      honest: record)
    result.show(name)
    try await expectNoCallLeft(honest)

    let newcomer = HonestClient(address, .program)
    let greeting = await newcomer.call(times: 1)
    #expect(greeting.failures == [])
    await newcomer.channel.close()
    await honest.channel.close()
    #expect(try program.stop() == 0)
    return result
  }

  private func isInTime(_ cost: AttackCost) -> Bool {
    cpuSeconds < cost.cpuSeconds(beside: honest, roundCount: roundCount)
  }

  private func expect(within cost: AttackCost) {
    #expect(cpuSeconds < cost.cpuSeconds(beside: honest, roundCount: roundCount))
    #expect(peakGrowthKiB < cost.peakGrowthKiB)
    // The honest client's stream is among them, and the call that asks.
    #expect(honest.openCallPeak <= cost.handlerCount + 2)
  }

  /// The attacker's sockets are closed by now.
  private static func expectNoCallLeft(_ honest: HonestClient) async throws {
    let start = Moment.now
    var count = try await honest.callCounts().open
    while count > 1, start.seconds < 10 {
      try await Task.sleep(for: .milliseconds(5))
      count = try await honest.callCounts().open
    }
    // The one that asks.
    #expect(count == 1)
  }

  /// Runs the attack on a thread of its own while an honest client calls and streams, and expects that all
  /// of it is answered in time.
  static func whileServed(
    _ honest: HonestClient, _ attack: @escaping @Sendable () throws -> Value
  ) async throws -> (Value, HonestClient.Record) {
    let warmUp = await honest.call(times: 1)
    #expect(warmUp.failures == [])
    let streams = await honest.streams?.begin()
    let calls = Task { await honest.callUntilCancelled() }
    let result = await Blocking.run(attack)
    calls.cancel()
    honest.streams?.stop()
    var record = await calls.value
    #expect(record.callCount > 0)
    #expect(record.bodyCount > 0)
    if let streams { record.add(await streams.value) }
    #expect(record.failures == [])
    return (try result.get(), record)
  }

  private func show(_ name: String) {
    func shown(_ number: Double) -> String { String(format: "%.2f", number) }
    print(
      "\(name): \(value); peak +\(peakGrowthKiB >> 10) MiB, stays +\(growthKiB >> 10) MiB,",
      "cpu \(shown(cpuSeconds)) s each of \(roundCount) in \(shown(wallSeconds)) s,",
      "\(honest.openCallPeak) calls at once; honest \(honest.callCount) calls,",
      "\(honest.bodyCount) with a body, \(honest.streamCount) streams,",
      "worst \(shown(honest.worst / .milliseconds(1))) ms")
  }
}

/// Work that blocks its thread, off the threads that tasks share.
enum Blocking {
  static func run<Value: Sendable>(
    _ work: @escaping @Sendable () throws -> Value
  ) async -> Result<Value, any Error> {
    await withCheckedContinuation { continuation in
      Thread { continuation.resume(returning: Result { try work() }) }.start()
    }
  }

  static func pause(milliseconds: Int) { usleep(UInt32(milliseconds) * 1_000) }
}

/// Why an attack could not be made.
struct AttackFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
