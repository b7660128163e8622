import Protobuf
import RPCCore
import RPCTransportInProcess
import SafeMobilityAPI
import Synchronization

/// A server without a programme behind it: it answers what the test says, and remembers what it was
/// asked.
final class FakeServer: Sendable {
  /// One call as it arrived.
  struct Asked: Sendable {
    var method: MethodDescriptor
    var request: [UInt8]
    var metadata: Metadata
  }

  private typealias Answer = @Sendable () throws -> [UInt8]

  private struct State {
    var answers: [MethodDescriptor: Answer] = [:]
    var asked: [Asked] = []
  }

  private let state = Mutex(State())

  /// Every call so far, in order.
  var asked: [Asked] { state.withLock { $0.asked } }

  /// From now on answers a method with this response.
  func answer(_ method: MethodDescriptor, _ response: some Message) {
    state.withLock { $0.answers[method] = { try response.serializedBytes() } }
  }

  /// From now on refuses a method.
  func refuse(_ method: MethodDescriptor, _ error: RPCError) {
    state.withLock { $0.answers[method] = { throw error } }
  }

  /// The requests to a method, in order.
  func requests<Request: Message>(
    to method: MethodDescriptor, as type: Request.Type = Request.self
  ) throws -> [Request] {
    try asked.filter { $0.method == method }.map { try Request(serializedBytes: $0.request) }
  }

  /// Carries calls here.
  var transport: InProcessTransport {
    InProcessTransport(router: Router(services: [Everything(server: self)]))
  }

  fileprivate func reply(to asked: Asked) throws -> [UInt8] {
    let answer = state.withLock { state in
      state.asked.append(asked)
      return state.answers[asked.method]
    }
    guard let answer else { throw RPCError(.unimplemented, "the test has no answer to this") }
    return try answer()
  }
}

/// Every unary method of the contract.
private struct Everything: RPCService {
  static let serviceName = "everything"

  let server: FakeServer

  func methods() -> [MethodHandler] {
    Contract.methods.filter { $0.kind == .unary }.map { method in
      MethodHandler(
        method,
        .unary { request, call in
          try server.reply(
            to: .init(method: method, request: request, metadata: call.requestMetadata))
        })
    }
  }
}

/// The methods of the contract, by service.
enum Contract {
  static let methods =
    SafeMobility.ProgramServiceMethods.all + SafeMobility.OfficeServiceMethods.all
    + SafeMobility.ApplicantServiceMethods.all + SafeMobility.AppointmentServiceMethods.all
    + SafeMobility.ReferralServiceMethods.all + SafeMobility.PartnerServiceMethods.all
    + SafeMobility.ReportServiceMethods.all
}
