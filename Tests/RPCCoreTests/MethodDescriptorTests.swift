import RPCCore
import Testing

@Suite("Method descriptors")
struct MethodDescriptorTests {
  let method = MethodDescriptor(service: "pkg.v1.Svc", method: "Do", kind: .unary)

  @Test("the path and the full name are made of service and method")
  func namesAreComposed() {
    #expect(method.path == "/pkg.v1.Svc/Do")
    #expect(method.fullName == "pkg.v1.Svc/Do")
    #expect(method.service == "pkg.v1.Svc")
    #expect(method.method == "Do")
    #expect("\(method)" == method.fullName)
  }

  @Test("descriptors are equal by path and kind")
  func equality() {
    let same = MethodDescriptor(service: "pkg.v1.Svc", method: "Do", kind: .unary)
    #expect(same == method)
    #expect(same.hashValue == method.hashValue)
    #expect(MethodDescriptor(service: "pkg.v1.Svc", method: "do", kind: .unary) != method)
    #expect(MethodDescriptor(service: "pkg.v1.Svc", method: "Do", kind: .clientStreaming) != method)
  }

  @Test(
    "kinds say how many messages are due",
    arguments: [
      (CallKind.unary, true, true), (.clientStreaming, false, true),
      (.serverStreaming, true, false), (.bidirectionalStreaming, false, false),
    ])
  func cardinality(kind: CallKind, oneRequest: Bool, oneResponse: Bool) {
    #expect(kind.hasOneRequest == oneRequest)
    #expect(kind.hasOneResponse == oneResponse)
  }
}
