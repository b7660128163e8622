import Foundation
import RPCCore
import RPCTransportHTTP2
import Testing

/// A client that calls for ever must not grow, nor what serves it in the same process.
@Suite("client: long hauls", .timeLimit(.minutes(10)))
struct ClientLongHaulTests {
  private static let isFull = ProcessInfo.processInfo.environment["PASARELA_FULL"] == "1"
  /// The sanitizers keep freed memory back.
  private static let isSanitized = ProcessInfo.processInfo.environment["PASARELA_SANITIZER"] != nil
  private static let unary = MethodDescriptor(service: "haul.Echo", method: "Unary", kind: .unary)
  private static let stream = MethodDescriptor(
    service: "haul.Echo", method: "Stream", kind: .bidirectionalStreaming)

  private struct Echo: RPCService {
    static let serviceName = "haul.Echo"

    func methods() -> [MethodHandler] {
      [
        MethodHandler(ClientLongHaulTests.unary, .unary { request, _ in request }),
        MethodHandler(
          ClientLongHaulTests.stream,
          .streaming { requests, responses, _ in
            for try await request in requests { try await responses.write(request) }
          }),
      ]
    }
  }

  @Test("many calls of two kinds leave memory flat")
  func flat() async throws {
    let count = Self.isFull ? 1_000_000 : Self.isSanitized ? 20_000 : 50_000
    let growth = try await ServerUnderTest.with(Router(services: [Echo()])) { address, _ in
      let channel = HTTP2Channel(endpoint: address)
      try await Self.call(channel, times: max(count / 10, 20_000))
      let before = Self.residentKiB
      try await Self.call(channel, times: count)
      let after = Self.residentKiB
      await channel.close()
      return (before: before, after: after)
    }
    print(
      "client long haul: \(count) calls, resident \(growth.before) KiB, then \(growth.after) KiB")
    if Self.isSanitized { return }
    // 5 %, and the allocator's slack where the whole is small.
    #expect(growth.after - growth.before < max(growth.before / 20, 4096))
  }

  private static func call(_ channel: HTTP2Channel, times: Int) async throws {
    let request = [UInt8](repeating: 7, count: 32)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for caller in 0..<32 {
        group.addTask(executorPreference: channel.executor) {
          for index in 0..<times / 32 {
            if (index + caller) % 10 == 0 {
              try await exchange(request, channel)
            } else {
              let answer = try await channel.unary(
                unary, request: request, metadata: [:], options: CallOptions(timeout: .seconds(60)))
              #expect(answer.message == request)
            }
          }
        }
      }
      try await group.waitForAll()
    }
  }

  private static func exchange(_ request: [UInt8], _ channel: HTTP2Channel) async throws {
    let call = channel.open(stream, request: nil, metadata: [:], options: CallOptions())
    for _ in 0..<3 {
      try await call.write(request, compressed: nil)
      #expect(try await call.next() == request)
    }
    call.finish()
    #expect(try await call.next() == nil)
  }

  /// What the process has in memory now.
  private static var residentKiB: Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
  }
}
