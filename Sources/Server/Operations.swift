import ArgumentParser
import Foundation
import RPCCore
import RPCServices
import RPCTransportHTTP2
import SafeMobilityAPI

/// The services that operators and their tools call, beside the programme's own.
struct OperationOptions: ParsableArguments {
  @Flag(
    help: ArgumentHelp(
      "Tell callers the schema, so that tools like buf and grpcurl can call without files.",
      discussion: "The schema is public; nothing else is told."))
  var reflection = false

  @Flag(
    help: ArgumentHelp(
      "Tell what the server's connections do (channelz).",
      discussion: "Only to callers on this machine: partners' addresses are nobody else's business."
    ))
  var channelz = false
}

/// Health, and reflection and channelz where they were asked for, in one router with the programme.
struct Operations {
  let health: HealthBoard
  /// What health is written down for: the programme's services, and the server as a whole.
  let healthNames: [String]
  let directory = ServerDirectory()
  let router: Router

  init(_ options: OperationOptions, programme: Router) {
    let services = Set(programme.methods.map(\.service)).sorted()
    health = HealthBoard(serving: services)
    healthNames = services + [""]
    var router = programme.adding(services: [HealthService(health)])
    if options.channelz {
      let channelz = ChannelzService(directory) {
        Int64(Date.now.timeIntervalSince1970 * 1_000_000)
      }
      router = router.adding(services: [channelz], interceptors: [SameMachine()])
    }
    if options.reflection {
      let reflection = Reflection(of: router, schema: SafeMobility.fileDescriptors)
      router = router.adding(services: reflection.services)
    }
    self.router = router
  }
}

/// Lets only callers through that run on the server's own machine.
private struct SameMachine: ServerInterceptor {
  func intercept(
    request: [UInt8], call: ServerCall, next: MethodHandler.Unary
  ) async throws -> [UInt8] {
    try check(call)
    return try await next(request, call)
  }

  func intercept(
    requests: RawRequests, responses: RawResponses, call: ServerCall,
    next: MethodHandler.Streaming
  ) async throws {
    try check(call)
    try await next(requests, responses, call)
  }

  private func check(_ call: ServerCall) throws(RPCError) {
    let address = call.peer.address
    let isHere = ["unix:", "127.", "[::1]:"].contains { address.hasPrefix($0) }
    guard isHere else { throw RPCError(.permissionDenied, "only for callers on this machine") }
  }
}
