import Foundation
import Metrics
import Testing

@testable import RPCObservability

@Suite("metrics of the process")
struct ProcessMetricsTests {
  @Test("what Linux knows is plausible")
  func facts() throws {
    let before = ProcessFacts.read()
    let now = Date().timeIntervalSince1970
    #expect(try #require(before.cpuSeconds) > 0)
    #expect((1 << 20..<1 << 40).contains(try #require(before.residentByteCount)))
    let resident = try #require(before.residentByteCount)
    #expect(try #require(before.virtualByteCount) >= resident)
    let open = try #require(before.openDescriptorCount)
    #expect(try #require(before.descriptorCountMax) > open)
    let start = try #require(before.startSeconds)
    #expect(start > now - 86_400 && start < now + 2)
  }

  @Test("an open file is a descriptor more")
  func descriptors() throws {
    // Other tests open and close theirs meanwhile, so this looks at many.
    let before = try #require(ProcessFacts.read().openDescriptorCount)
    let files = try (0..<100).map { _ in
      try FileHandle(forReadingFrom: URL(filePath: "/dev/null"))
    }
    let during = try #require(ProcessFacts.read().openDescriptorCount)
    #expect(during - before > 50 && during - before < 200)
    for file in files { try file.close() }
  }

  @Test("they have Prometheus' names, and time used is counted once")
  func names() throws {
    let registry = PrometheusRegistry(descriptions: ProcessMetrics.descriptions)
    let metrics = ProcessMetrics(factory: registry)
    registry.addCollector(metrics.collect)
    _ = registry.text()
    let said = String(decoding: registry.text(), as: UTF8.self)
    let names = said.split(separator: "\n").filter { $0.hasPrefix("process_") }
      .map { String($0.prefix { $0 != " " }) }
    #expect(
      names == [
        "process_cpu_seconds_total", "process_max_fds", "process_open_fds",
        "process_resident_memory_bytes", "process_start_time_seconds",
        "process_virtual_memory_bytes",
      ])
    let line = said.split(separator: "\n").first { $0.hasPrefix("process_cpu_seconds_total ") }
    let used = try #require(line.flatMap { Double($0.split(separator: " ")[1]) })
    #expect(used > 0)
    #expect(used <= (try #require(ProcessFacts.read().cpuSeconds)))
  }
}
