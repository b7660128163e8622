import RPCCore

/// What the peer did is not what a case asks.
struct Wrong: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// Throws ``Wrong`` when `what` was found to be something else than is wanted.
func expect<Value: Equatable>(
  _ found: Value, is wanted: Value, _ what: String
) throws(Wrong) {
  guard found == wanted else { throw Wrong("\(what) is \(found), not \(wanted)") }
}

/// Makes a call, which must fail with this code, and this message when one is given.
func expectFailure(
  _ code: StatusCode, _ message: String? = nil, of call: () async throws -> Void
) async throws {
  do {
    try await call()
  } catch let error as RPCError {
    guard error.code == code else { throw Wrong("the status is \(error), not \(code)") }
    if let message { try expect(error.message, is: message, "the message") }
    return
  }
  throw Wrong("the call succeeded; \(code) was due")
}
