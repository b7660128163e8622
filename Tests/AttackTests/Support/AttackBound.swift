import Foundation
import Glibc

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
  /// ms.
  static let cutOffCPUSeconds = seconds(1)

  /// Server time for one call or stream of the honest client, in an unoptimised build. Measured: 0.4 ms.
  /// Counted apart, for there are the more of them the longer an attack lasts.
  static let honestCallCPUSeconds = seconds(0.001)

  static func megabytes(_ count: Int) -> Int { isSanitized ? 800 << 10 : count << 10 }

  /// Processor time; under a sanitizer everything takes some ten times as long.
  static func seconds(_ count: Double) -> Double { isSanitized ? count * 10 : count }
}

/// What an attack may cost the server at most. Every attack is held to it; those that say nothing else are cut
/// off at a ceiling and held to what stands here.
struct AttackCost: Sendable {
  /// Processor time for each round, without what the honest client's calls may take.
  var cpuSeconds = AttackBound.cutOffCPUSeconds
  /// How far memory may rise above what it was before.
  var peakGrowthKiB = AttackBound.flatKiB
  /// The attacker's handlers at once; the calls under way for a program, whose handlers nobody can count
  /// from outside. A hundred are the streams that one connection may have open.
  var handlerCount = 100

  /// Processor time for the attack and what the honest client did meanwhile.
  func cpuSeconds(beside honest: HonestClient.Record, roundCount: Int = 1) -> Double {
    let honestSeconds = Double(honest.callCount) * AttackBound.honestCallCPUSeconds
    return cpuSeconds + honestSeconds / Double(roundCount)
  }
}

/// Takes the measure of the server within the test: its event loop's processor time, on which its handlers
/// run too, and the memory of the whole process, the attacker's with it.
struct WorldMeter {
  private let thread: Int32
  private let cpuBefore: Double
  private let residentBefore: Int

  /// - Parameter thread: the system's number of the event loop's thread
  init(thread: Int32) throws {
    self.thread = thread
    try ProcessMeasure.resetPeak(of: getpid())
    residentBefore = try ProcessMeasure(of: getpid()).residentKiB
    cpuBefore = try ProcessMeasure.cpuSeconds(ofThread: thread)
  }

  /// What it has cost since.
  func spent() throws -> (cpuSeconds: Double, peakGrowthKiB: Int) {
    (
      try ProcessMeasure.cpuSeconds(ofThread: thread) - cpuBefore,
      try ProcessMeasure(of: getpid()).peakKiB - residentBefore
    )
  }
}
