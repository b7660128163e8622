/// Whether a service takes calls.
public enum HealthStatus: Sendable, Hashable {
  /// It does.
  case serving
  /// It is known and does not, for now or for good.
  case notServing
}

extension HealthStatus {
  /// The status as the protocol writes it.
  var served: GRPCHealth.HealthCheckResponse.ServingStatus {
    switch self {
    case .serving: .serving
    case .notServing: .notServing
    }
  }
}
