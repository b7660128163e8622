/// How a channel spreads its calls over its endpoints.
public enum BalancingPolicy: Hashable, Sendable {
  /// All calls to the first endpoint that can be reached (gRFC A62).
  ///
  /// `shufflesAddresses`: whether the addresses are tried in an order drawn anew with each list.
  case pickFirst(shufflesAddresses: Bool)
  /// One call to each connected endpoint in turn.
  case roundRobin
  /// Each call to the least busy of a few endpoints drawn at random (gRFC A48).
  ///
  /// `choiceCount`: how many are drawn, 2 to 10.
  case leastRequest(choiceCount: Int)
}

/// What a list of policies comes to: the first that is known, and the detection around it.
struct BalancingChoice {
  var balancing = BalancingPolicy.pickFirst(shufflesAddresses: false)
  var outlierDetection: OutlierDetectionConfig?
}

extension BalancingChoice {
  /// Reads `loadBalancingConfig`, or a `childPolicy`: the first known entry counts, what follows is not
  /// looked at (`service_config.proto`).
  ///
  /// One thing beyond gRPC: an outlier detection without a child, which gRPC refuses, stands for one
  /// around the policy beside it.
  init(_ node: ConfigNode) throws(ServiceConfigError) {
    var chosen: BalancingChoice?
    var detection: OutlierDetectionConfig?
    for item in try node.items() {
      let names = try item.names()
      guard let name = names.first, names.count == 1 else {
        throw item.error("must have exactly one member, the policy's name")
      }
      let config = try item.member(name)
      if name == Self.outlierDetection, let config, try config.member("childPolicy") == nil {
        if detection == nil { detection = try OutlierDetectionConfig(config) }
      } else if chosen == nil {
        chosen = try Self.known(name, config)
      }
    }
    guard var chosen else {
      throw node.error("must have one of " + Self.names.joined(separator: ", "))
    }
    chosen.outlierDetection = chosen.outlierDetection ?? detection
    self = chosen
  }

  /// Reads the older `loadBalancingPolicy`, a name without a config.
  init(named node: ConfigNode) throws(ServiceConfigError) {
    switch try node.text().lowercased() {
    case "pick_first": balancing = .pickFirst(shufflesAddresses: false)
    case "round_robin": balancing = .roundRobin
    default: throw node.error("must be pick_first or round_robin")
    }
  }

  private static let outlierDetection = "outlier_detection_experimental"
  private static let leastRequest = "least_request_experimental"
  private static let names = ["pick_first", "round_robin", leastRequest]

  /// - Returns: nil when the name is not known here
  private static func known(
    _ name: String, _ config: ConfigNode?
  ) throws(ServiceConfigError) -> BalancingChoice? {
    // The names of the members are asked for so that what is no object is refused.
    _ = try config?.names()
    switch name {
    case "pick_first":
      let shuffles = try config?.member("shuffleAddressList")?.flag() ?? false
      return BalancingChoice(balancing: .pickFirst(shufflesAddresses: shuffles))
    case "round_robin": return BalancingChoice(balancing: .roundRobin)
    case leastRequest:
      let count = try config?.member("choiceCount")?.integer(in: 2...Int(UInt32.max)) ?? 2
      return BalancingChoice(balancing: .leastRequest(choiceCount: min(count, 10)))
    case outlierDetection:
      guard let config, let child = try config.member("childPolicy") else { return nil }
      var choice = try BalancingChoice(child)
      choice.outlierDetection = try OutlierDetectionConfig(config)
      return choice
    default: return nil
    }
  }
}
