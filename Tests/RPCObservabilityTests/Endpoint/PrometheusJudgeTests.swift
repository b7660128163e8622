import Foundation
import Metrics
import RPCCore
import Testing

@testable import RPCObservability

/// Prometheus' own Python library as the judge of what the endpoint says.
@Suite("what a Prometheus reads")
struct PrometheusJudgeTests {
  @Test("the whole scrape is legal, and has what was recorded")
  func scrape() async throws {
    let registry = PrometheusRegistry(
      descriptions: CallMetrics.descriptions + ProcessMetrics.descriptions)
    let process = ProcessMetrics(factory: registry)
    registry.addCollector(process.collect)
    let method = MethodDescriptor(service: "p.S", method: "M", kind: .unary)
    let metrics = CallMetrics(methods: [method], factory: registry)
    for code in [StatusCode.ok, .ok, .notFound, .internal] {
      metrics.callStarted(method)
      metrics.callEnded(
        ServerCallRecord(
          method: method, code: code, duration: .milliseconds(7), receivedByteCount: 100,
          sentByteCount: 5000))
    }
    metrics.callStarted(nil)
    let odd = "a\\b\"c\nd\u{1b}[31m\u{2028}é😀"
    Counter(label: "odd", dimensions: [("text", odd)], factory: registry).increment()
    try await MetricsEndpointTests.with(registry) { port in
      let said = try await Self.run([String(port), Data(odd.utf8).base64EncodedString()])
      #expect(said == "all held\n")
    }
  }

  @concurrent
  private static func run(_ arguments: [String]) async throws -> String {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let process = Process()
    process.executableURL = URL(filePath: try python(from: folder))
    process.arguments = [folder.appending(path: "Python/judge.py").path] + arguments
    let output = Pipe()
    process.standardOutput = output
    let (statuses, ended) = AsyncStream.makeStream(of: Int32.self)
    process.terminationHandler = { ended.yield($0.terminationStatus) }
    try process.run()
    let limit = Task {
      try await Task.sleep(for: .seconds(60))
      process.terminate()
    }
    for await status in statuses {
      limit.cancel()
      let said = try output.fileHandleForReading.readToEnd() ?? Data()
      return status == 0 ? String(decoding: said, as: UTF8.self) : "ended with \(status)"
    }
    return "was cancelled"
  }

  private static func python(from folder: URL) throws -> String {
    let top = folder.deletingLastPathComponent().deletingLastPathComponent()
    let path =
      ProcessInfo.processInfo.environment["PASARELA_PYTHON"]
      ?? top.appending(path: ".build-tools/python/bin/python").path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw NoPython(description: "there is no Python with prometheus_client: run Tools/test")
    }
    return path
  }

  private struct NoPython: Error, CustomStringConvertible {
    let description: String
  }
}
