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

/// Bounds that all attacks share.
enum AttackBound {
  static let isFull = ProcessInfo.processInfo.environment["PASARELA_FULL"] == "1"
  /// The sanitizers keep freed memory back (256 MiB by default) and shadow all of it.
  static let isSanitized = ProcessInfo.processInfo.environment["PASARELA_SANITIZER"] != nil

  /// Shorter attacks are made again until so much time has passed.
  static let repeatsForSeconds = 0.4

  /// What an attack may add to the server's memory when what it makes the server keep is bounded by
  /// kilobytes: the allocator's slack, buffers of 64 KiB for each socket, one read's events.
  static let flatKiB = megabytes(16)
  /// Server time for an attack that is cut off at its ceiling, in an unoptimised build. Measured: 5 to 30
  /// ms, the honest client's calls with it.
  static let cutOffCPUSeconds = isSanitized ? 10.0 : 1.0

  static func megabytes(_ count: Int) -> Int { isSanitized ? 800 << 10 : count << 10 }
}

extension Attack {
  /// Starts `pasarela-interop server`, lets `attack` run against it on a thread of its own while an honest
  /// client is served, and checks that the server then serves a newcomer and ends with 0 on SIGTERM.
  static func onProgram(
    _ name: String, arguments: [String] = [], tls: ClientTLSConfiguration? = nil,
    _ attack: @escaping @Sendable (Int) throws -> Value
  ) async throws -> Attack {
    let program = try ServerProcess(
      "pasarela-interop", ["server", "--listen", "127.0.0.1:0", "--loops", "1"] + arguments)
    defer { program.kill() }
    let address = try #require(Endpoint(try program.waitUntilListening()))
    guard case .tcp(_, let port) = address else { throw AttackFailure("no port: \(address)") }
    let honest = HonestClient(address, tls: tls)
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

    let newcomer = HonestClient(address, tls: tls)
    let greeting = await newcomer.call(times: 1)
    #expect(greeting.failures == [])
    await newcomer.channel.close()
    await honest.channel.close()
    #expect(try program.stop() == 0)
    return result
  }

  /// Runs the attack on a thread of its own while an honest client calls, and expects that all its calls
  /// are answered in time.
  static func whileServed(
    _ honest: HonestClient, _ attack: @escaping @Sendable () throws -> Value
  ) async throws -> (Value, HonestClient.Record) {
    let warmUp = await honest.call(times: 1)
    #expect(warmUp.failures == [])
    let calls = Task { await honest.callUntilCancelled() }
    let result = await Blocking.run(attack)
    calls.cancel()
    let record = await calls.value
    #expect(record.failures == [])
    #expect(record.callCount > 0)
    return (try result.get(), record)
  }

  private func show(_ name: String) {
    func shown(_ number: Double) -> String { String(format: "%.2f", number) }
    print(
      "\(name): \(value); peak +\(peakGrowthKiB >> 10) MiB, stays +\(growthKiB >> 10) MiB,",
      "cpu \(shown(cpuSeconds)) s each of \(roundCount) in \(shown(wallSeconds)) s,",
      "honest \(honest.callCount) calls, worst \(shown(honest.worst / .milliseconds(1))) ms")
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
