import RPCCore
import SafeMobilityClient

/// What a call that must fail was told; nil when it was answered.
func failure(_ body: () async throws -> Void) async -> CallFailure? {
  do {
    try await body()
    return nil
  } catch let error as RPCError {
    return CallFailure(error)
  } catch {
    return CallFailure(RPCError(.unknown, "\(error)"))
  }
}
