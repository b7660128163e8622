import RPCCore
import RPCPolicy
import Testing

@Suite("Service config")
struct ServiceConfigTests {
  private static let retry = """
    {"maxAttempts":3,"initialBackoff":"0.1s","maxBackoff":"2s","backoffMultiplier":2,\
    "retryableStatusCodes":["UNAVAILABLE"]}
    """

  private func config(of service: String, _ method: String, in config: ServiceConfig) -> Duration? {
    config.methodConfig(for: .init(service: service, method: method, kind: .unary)).timeout
  }

  @Test(
    "an empty object is the defaults",
    arguments: ["{}", #"{"unknown":[{}]}"#, #"{"methodConfig":null}"#])
  func defaults(json: String) throws {
    let config = try ServiceConfig(json: json)
    #expect(config == ServiceConfig())
    #expect(config.balancing == .pickFirst(shufflesAddresses: false))
    #expect(config.outlierDetection == nil)
    #expect(config.retryThrottling == nil)
    #expect(config.healthCheckServiceName == nil)
    let method = MethodDescriptor(service: "a.S", method: "M", kind: .unary)
    #expect(config.methodConfig(for: method) == MethodConfig())
  }

  @Test("a method's own entry counts before its service's, and that before the one for all")
  func precedence() throws {
    let config = try ServiceConfig(
      json: """
        {"methodConfig":[
          {"name":[{}],"timeout":"1s"},
          {"name":[{"service":"a.S"},{"service":"b.S","method":""}],"timeout":"2s"},
          {"name":[{"service":"a.S","method":"M"},{"service":"c.S","method":"M"}],"timeout":"3s"},
          {"timeout":"4s"}, {"name":[],"timeout":"5s"}]}
        """)
    #expect(self.config(of: "a.S", "M", in: config) == .seconds(3))
    #expect(self.config(of: "a.S", "N", in: config) == .seconds(2))
    #expect(self.config(of: "b.S", "M", in: config) == .seconds(2))
    #expect(self.config(of: "c.S", "M", in: config) == .seconds(3))
    #expect(self.config(of: "c.S", "N", in: config) == .seconds(1))
    #expect(self.config(of: "d.S", "M", in: config) == .seconds(1))
    #expect(self.config(of: "a.s", "M", in: config) == .seconds(1))
  }

  @Test("every member of a method's entry is read")
  func methodMembers() throws {
    let config = try ServiceConfig(
      json: """
        {"methodConfig":[{"name":[{}],"waitForReady":true,"timeout":"1.5s",
          "maxRequestMessageBytes":0,"maxResponseMessageBytes":"4294967295",
          "retryPolicy":\(Self.retry)}]}
        """)
    let policy = RetryPolicy(
      attemptCountMax: 3, backoffInitial: .milliseconds(100), backoffMax: .seconds(2),
      backoffMultiplier: 2, retryableCodes: [.unavailable])
    let method = MethodDescriptor(service: "a.S", method: "M", kind: .unary)
    #expect(
      config.methodConfig(for: method)
        == MethodConfig(
          waitForReady: true, timeout: .milliseconds(1500), maxRequestMessageBytes: 0,
          maxResponseMessageBytes: 4_294_967_295, execution: .retry(policy)))
  }

  @Test("more than five attempts are five, and codes are names in any case or numbers")
  func hedging() throws {
    let config = try ServiceConfig(
      json: """
        {"methodConfig":[{"name":[{}],"hedgingPolicy":{"maxAttempts":6,"hedgingDelay":"0s",
          "nonFatalStatusCodes":["aborted","Unavailable",8,"INTERNAL",8]}},
          {"name":[{"service":"a"}],"hedgingPolicy":{"maxAttempts":2}}]}
        """)
    let policy = HedgingPolicy(
      attemptCountMax: 5, hedgingDelay: .zero,
      nonFatalCodes: [.aborted, .unavailable, .resourceExhausted, .internal])
    let bare = HedgingPolicy(attemptCountMax: 2, hedgingDelay: .zero, nonFatalCodes: [])
    let other = MethodDescriptor(service: "b", method: "M", kind: .unary)
    let named = MethodDescriptor(service: "a", method: "M", kind: .unary)
    #expect(config.methodConfig(for: other).execution == .hedge(policy))
    #expect(config.methodConfig(for: named).execution == .hedge(bare))
  }

  @Test(
    "the first policy that is known counts",
    arguments: [
      (#"[{"round_robin":{}}]"#, .roundRobin),
      (#"[{"grpclb":{"x":1}},{"round_robin":{}},{"pick_first":{}}]"#, .roundRobin),
      (#"[{"pick_first":null}]"#, .pickFirst(shufflesAddresses: false)),
      (#"[{"pick_first":{"shuffleAddressList":true}}]"#, .pickFirst(shufflesAddresses: true)),
      (#"[{"least_request_experimental":{}}]"#, .leastRequest(choiceCount: 2)),
      (#"[{"least_request_experimental":{"choiceCount":10}}]"#, .leastRequest(choiceCount: 10)),
      (#"[{"least_request_experimental":{"choiceCount":11}}]"#, .leastRequest(choiceCount: 10)),
      (#"[{"round_robin":{}},{"least_request_experimental":{"choiceCount":1}}]"#, .roundRobin),
    ] as [(String, BalancingPolicy)])
  func policies(list: String, policy: BalancingPolicy) throws {
    let config = try ServiceConfig(
      json: #"{"loadBalancingConfig":\#(list),"loadBalancingPolicy":"x"}"#)
    #expect(config.balancing == policy)
    #expect(config.outlierDetection == nil)
  }

  @Test("the older name of a policy counts where there is no list")
  func olderName() throws {
    #expect(
      try ServiceConfig(json: #"{"loadBalancingPolicy":"ROUND_ROBIN"}"#).balancing == .roundRobin)
    #expect(
      try ServiceConfig(json: #"{"loadBalancingPolicy":"pick_first"}"#).balancing
        == .pickFirst(shufflesAddresses: false))
  }

  @Test(
    "outlier detection stands around its child, or around the policy beside it",
    arguments: [
      #"[{"outlier_detection_experimental":{"childPolicy":[{"x":{}},{"round_robin":{}}]}}]"#,
      #"[{"round_robin":{}},{"outlier_detection_experimental":{}}]"#,
      #"[{"outlier_detection_experimental":{}},{"round_robin":{}}]"#,
    ])
  func outlierDetection(list: String) throws {
    let config = try ServiceConfig(json: #"{"loadBalancingConfig":\#(list)}"#)
    #expect(config.balancing == .roundRobin)
    #expect(config.outlierDetection == OutlierDetectionConfig())
    #expect(config.outlierDetection?.isActive == false)
  }

  @Test("an outlier detection with a child, behind a known policy, is not looked at")
  func detectionBehind() throws {
    let config = try ServiceConfig(
      json: """
        {"loadBalancingConfig":[{"round_robin":{}},
          {"outlier_detection_experimental":{"childPolicy":[{"pick_first":{}}]}}]}
        """)
    #expect(config.balancing == .roundRobin)
    #expect(config.outlierDetection == nil)
  }

  @Test("outlier detection has the defaults of gRFC A50, and every member is read")
  func outlierMembers() throws {
    let config = try ServiceConfig(
      json: """
        {"loadBalancingConfig":[{"outlier_detection_experimental":{"interval":"1s",
          "baseEjectionTime":"2s","maxEjectionTime":"3s","maxEjectionPercent":40,
          "successRateEjection":{"stdevFactor":1,"enforcementPercentage":2,"minimumHosts":3,
            "requestVolume":4},
          "failurePercentageEjection":{},"childPolicy":[{"round_robin":{}}]}}]}
        """)
    let detection = try #require(config.outlierDetection)
    #expect(detection.interval == .seconds(1))
    #expect(detection.baseEjectionTime == .seconds(2))
    #expect(detection.maxEjectionTime == .seconds(3))
    #expect(detection.maxEjectionPercent == 40)
    let rate = try #require(detection.successRate)
    #expect(
      [rate.stdevFactor, rate.enforcementPercentage, rate.minimumHosts, rate.requestVolume] == [
        1, 2, 3, 4,
      ])
    let failures = try #require(detection.failurePercentage)
    #expect(
      [
        failures.threshold, failures.enforcementPercentage, failures.minimumHosts,
        failures.requestVolume,
      ]
        == [85, 100, 5, 50])
    let standard = SuccessRateEjection()
    #expect(
      [
        standard.stdevFactor, standard.enforcementPercentage, standard.minimumHosts,
        standard.requestVolume,
      ]
        == [1900, 100, 5, 100])
    let defaults = OutlierDetectionConfig()
    #expect(defaults.interval == .seconds(10))
    #expect(defaults.baseEjectionTime == .seconds(30))
    #expect(defaults.maxEjectionTime == .seconds(300))
    #expect(defaults.maxEjectionPercent == 10)
  }

  @Test(
    "a token ratio has three decimal places",
    arguments: [
      ("0.1", 100), ("0.5466", 546), ("1.001", 1001), ("0.001", 1), ("\"0.29\"", 290), ("7", 7000),
      ("1e300", 1_000_000),
    ])
  func tokenRatio(ratio: String, thousandths: Int) throws {
    let config = try ServiceConfig(
      json: #"{"retryThrottling":{"maxTokens":1000,"tokenRatio":\#(ratio)}}"#)
    #expect(config.retryThrottling?.tokenCountMax == 1000)
    #expect(config.retryThrottling?.tokenRatioThousandths == thousandths)
  }

  @Test(
    "a health check has a service name, which may be empty",
    arguments: [
      (#"{"serviceName":"a.S"}"#, "a.S"), (#"{"serviceName":""}"#, ""), ("{}", nil), ("null", nil),
    ] as [(String, String?)])
  func health(check: String, name: String?) throws {
    let config = try ServiceConfig(json: #"{"healthCheckConfig":\#(check)}"#)
    #expect(config.healthCheckServiceName == name)
  }
}
