import RPCCore
import Synchronization
import Testing

@Suite("Router")
struct RouterTests {
  private static func echo(_ name: String) -> MethodHandler {
    MethodHandler(SampleService.method(name), .unary { request, _ in request })
  }

  @Test(
    "every method of many is found, and only under its own path",
    arguments: [0, 1, 2, 3, 7, 8, 9, 1000])
  func everyMethodIsFound(count: Int) {
    let names = (0..<count).map { "Method\($0)" }
    let router = Router(services: [SampleService(handlers: names.map(Self.echo))])
    for name in names {
      let found = router.handler(forPath: "/sample.Svc/\(name)")
      #expect(found?.descriptor == SampleService.method(name))
    }
    #expect(router.handler(forPath: "/sample.Svc/Method\(count)") == nil)
  }

  @Test(
    "a path that differs in anything is not the method (Q5)",
    arguments: [
      "", "/", "//", "sample.Svc/Do", "/sample.Svc/do", "/sample.svc/Do", "/sample.Svc/Do/",
      "/sample.Svc//Do", "/sample.Svc/", "/sample.Svc", "//Do", "/sample.Svc/Do?x=1",
      "/sample.Svc/Do ", "/sample.Svc/D%6F", "/a/../sample.Svc/Do",
      "/sample.Svc/Doo", "/sample.Svc/D",
    ])
  func otherPathsAreNot(path: String) {
    let router = Router(services: [SampleService(handlers: [Self.echo("Do")])])
    #expect(router.handler(forPath: "/sample.Svc/Do") != nil)
    #expect(router.handler(forPath: path) == nil)
  }

  private struct Tracing: ServerInterceptor {
    let name: String
    let trace: Trace

    func intercept(
      request: [UInt8], call: ServerCall, next: MethodHandler.Unary
    ) async throws -> [UInt8] {
      trace.add("\(name) in")
      let response = try await next(request + [1], call)
      trace.add("\(name) out")
      return response + [2]
    }

    func intercept(
      requests: RawRequests, responses: RawResponses, call: ServerCall,
      next: MethodHandler.Streaming
    ) async throws {
      trace.add("\(name) in")
      try await next(requests.map { $0 + [1] }, responses.map { $0 + [2] }, call)
      trace.add("\(name) out")
    }
  }

  private struct Refusing: ServerInterceptor {
    func intercept(
      request: [UInt8], call: ServerCall, next: MethodHandler.Unary
    ) async throws -> [UInt8] {
      throw RPCError(.permissionDenied, "no")
    }

    func intercept(
      requests: RawRequests, responses: RawResponses, call: ServerCall,
      next: MethodHandler.Streaming
    ) async throws {
      throw RPCError(.permissionDenied, "no")
    }
  }

  private final class Trace: Sendable {
    private let lines = Mutex<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
  }

  private func invoke(_ router: Router, _ request: [UInt8]) async throws -> [UInt8] {
    let handler = try #require(router.handler(forPath: "/sample.Svc/Do"))
    guard case .unary(let unary) = handler.invocation else { return [] }
    return try await unary(request, SampleService.call("Do"))
  }

  @Test("the first interceptor is outermost, and each sees request and response")
  func interceptorsNest() async throws {
    let trace = Trace()
    let router = Router(
      services: [SampleService(handlers: [Self.echo("Do")])],
      interceptors: [Tracing(name: "a", trace: trace), Tracing(name: "b", trace: trace)])
    #expect(try await invoke(router, [0]) == [0, 1, 1, 2, 2])
    #expect(trace.all == ["a in", "b in", "b out", "a out"])
  }

  @Test("an interceptor that throws keeps the call from what is inside it")
  func interceptorRefuses() async {
    let trace = Trace()
    let router = Router(
      services: [SampleService(handlers: [Self.echo("Do")])],
      interceptors: [Refusing(), Tracing(name: "inner", trace: trace)])
    await #expect(throws: RPCError(.permissionDenied, "no")) { try await invoke(router, [0]) }
    #expect(trace.all == [])
  }

  @Test("a method that is not built stays so behind interceptors")
  func unimplementedStays() throws {
    let router = Router(
      services: [SampleService(handlers: [.unimplemented(SampleService.method("Do"))])],
      interceptors: [Refusing()])
    let handler = try #require(router.handler(forPath: "/sample.Svc/Do"))
    guard case .unimplemented = handler.invocation else {
      Issue.record("wrapped although there is nothing to wrap")
      return
    }
  }
}
