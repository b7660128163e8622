public import RPCCore

/// One thing that a transport owes its users.
public struct CallCase: Sendable, CustomStringConvertible {
  /// What must hold, as a sentence.
  public let description: String

  private let body: @Sendable (Calls) async throws -> Void

  init(_ description: String, _ body: @escaping @Sendable (Calls) async throws -> Void) {
    self.description = description
    self.body = body
  }

  /// Tries it on a transport that leads to `world`; what did not hold, or nil.
  ///
  /// Takes a few seconds, and as long as the machine needs when it is busy.
  public func failure(on transport: any ClientTransport, to world: CallWorld) async -> String? {
    do {
      try await body(Calls(transport: transport, world: world))
      return nil
    } catch let broken as Broken {
      return broken.what
    } catch {
      return "threw \(error)"
    }
  }
}

/// What did not hold.
struct Broken: Error {
  var what: String
}

/// Throws unless both are equal.
func require<Value: Equatable>(
  _ what: String, _ actual: Value, is expected: Value
) throws(Broken) {
  if actual != expected { throw Broken(what: "\(what): \(actual), expected \(expected)") }
}
