import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI
import SafeMobilityClient

/// One call as a command: it fills a request, and everything else is the same for all.
protocol Verb: AsyncParsableCommand {
  associatedtype Request: Protobuf.Message & RPCMessage
  associatedtype Response: Protobuf.Message & RPCMessage

  /// The method called.
  static var method: MethodDescriptor { get }
  /// What it is usually called for.
  static var purpose: SafeMobility.Purpose { get }
  /// Where the request has its request_id; nil for reads.
  static var requestID: WritableKeyPath<Request, String>? { get }
  /// Who must make the same move, where the contract asks for two persons; nil elsewhere.
  static var secondPerson: String? { get }
  /// What every verb takes.
  var options: GlobalOptions { get }

  /// Puts what was said on the command line into the request.
  func fill(_ request: inout Request, _ session: Session) async throws

  /// The answer in a form that only this verb has; nil to show it as all others are.
  func text(of response: Response) throws -> String?
}

extension Verb {
  static var purpose: SafeMobility.Purpose { .processing }
  static var requestID: WritableKeyPath<Request, String>? { nil }
  static var secondPerson: String? { nil }

  func text(of response: Response) throws -> String? { nil }

  func run() async throws {
    let surroundings = Surroundings.current
    try checkOptions()
    let session = try Session(options, purpose: Self.purpose, in: surroundings)
    let answer: Answer
    let answered: Response
    do {
      var request = Request()
      try await fill(&request, session)
      if let path = Self.requestID, request[keyPath: path].isEmpty || options.requestId != nil {
        request[keyPath: path] = (options.requestId ?? .make()).text
      }
      let response: Response = try await session.call(Self.method, request)
      answered = response
      answer = Answer(
        response: try ShownMessage(response),
        repetition: Repetition(of: request, typed: surroundings.arguments),
        secondPerson: Self.secondPerson)
    } catch {
      await session.close()
      throw error
    }
    await session.close()
    if let text = try text(of: answered) { return surroundings.write(text) }
    try answer.show(session.format, zone: options.zone?.zone, in: surroundings)
  }

  /// An option that would be passed over in silence is a mistake of the person who gave it.
  private func checkOptions() throws {
    if options.requestId != nil, Self.requestID == nil {
      throw ValidationError("\(Self.method.method) only reads: leave out --request-id")
    }
    if options.etag != nil, Request.descriptor.field(named: "etag") == nil {
      throw ValidationError("\(Self.method.method) is about no version: leave out --etag")
    }
  }
}
