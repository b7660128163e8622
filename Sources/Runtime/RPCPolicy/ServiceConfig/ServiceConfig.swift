public import RPCCore

/// What the owner of a service tells its clients: how to balance, retry, wait and check health.
///
/// Source: gRPC `doc/service_config.md` and `service_config.proto`; gRFCs A2, A6, A17, A21, A48, A50,
/// A62. A value that is only read after it is made; any number of threads may.
public struct ServiceConfig: Hashable, Sendable {
  /// How calls are spread over endpoints.
  public var balancing = BalancingPolicy.pickFirst(shufflesAddresses: false)
  /// When endpoints that fail are left out; nil for never.
  public var outlierDetection: OutlierDetectionConfig?
  /// When failures stop retries; nil for never.
  public var retryThrottling: RetryThrottling?
  /// The service whose health endpoints are asked for (gRFC A17); nil when they are not asked. The
  /// empty name is the server as a whole.
  public var healthCheckServiceName: String?

  private var methods = MethodConfigTable()

  /// The defaults: pick_first, nothing said of any method.
  public init() {}

  /// Reads a config as JSON.
  ///
  /// Unknown members are passed over, and so are unknown balancing policies while one is known.
  ///
  /// - Throws: ``ServiceConfigError`` for the first thing that is not allowed. Nothing of such a config
  ///   may be used (gRFC A21).
  public init(json: String) throws(ServiceConfigError) {
    let root = try ConfigNode(json: json)
    var choice = BalancingChoice()
    if let policies = try root.member("loadBalancingConfig") {
      choice = try BalancingChoice(policies)
    } else if let name = try root.member("loadBalancingPolicy") {
      choice = try BalancingChoice(named: name)
    }
    balancing = choice.balancing
    outlierDetection = choice.outlierDetection
    if let throttling = try root.member("retryThrottling") {
      retryThrottling = try RetryThrottling(throttling)
    }
    healthCheckServiceName = try root.member("healthCheckConfig")?.member("serviceName")?.text()
    if let methods = try root.member("methodConfig") {
      self.methods = try MethodConfigTable(methods)
    }
  }

  /// Whether anything is said of any method.
  public var hasMethodConfigs: Bool { !methods.isEmpty }

  /// What is said of a method: by its own name, else by its service's, else by the empty name, else
  /// nothing. One or two lookups in tables that were made with the config.
  public func methodConfig(for method: MethodDescriptor) -> MethodConfig {
    methods.config(for: method)
  }
}
