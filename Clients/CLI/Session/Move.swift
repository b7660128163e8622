import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI

/// A move that needs nothing but the resource's name and its etag.
protocol MoveKind {
  associatedtype Request: Protobuf.Message & RPCMessage
  associatedtype Response: Protobuf.Message & RPCMessage

  static var verb: String { get }
  static var abstract: String { get }
  static var method: MethodDescriptor { get }
  static var purpose: SafeMobility.Purpose { get }
  /// Who must make the same move, see ``Verb``.
  static var secondPerson: String? { get }
  /// Where the request has the name, the etag and the request_id.
  static var paths: MovePaths<Request> { get }
}

extension MoveKind {
  static var purpose: SafeMobility.Purpose { .processing }
  static var secondPerson: String? { nil }
}

/// The three fields that every move's request has.
struct MovePaths<Request> {
  var name: WritableKeyPath<Request, String>
  var etag: WritableKeyPath<Request, String>
  var requestID: WritableKeyPath<Request, String>
}

/// The command of a move.
struct Move<Kind: MoveKind>: Verb {
  typealias Request = Kind.Request
  typealias Response = Kind.Response

  static var configuration: CommandConfiguration {
    CommandConfiguration(commandName: Kind.verb, abstract: Kind.abstract)
  }
  static var method: MethodDescriptor { Kind.method }
  static var purpose: SafeMobility.Purpose { Kind.purpose }
  static var secondPerson: String? { Kind.secondPerson }
  static var requestID: WritableKeyPath<Request, String>? { Kind.paths.requestID }

  @Argument(help: "The resource's name, as the server gave it.")
  var name: String

  @OptionGroup var options: GlobalOptions

  func fill(_ request: inout Request, _ session: Session) async throws {
    request[keyPath: Kind.paths.name] = name
    request[keyPath: Kind.paths.etag] = try await session.etag(of: name)
  }
}
