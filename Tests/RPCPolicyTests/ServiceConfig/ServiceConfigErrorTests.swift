import RPCPolicy
import Testing

@Suite("Service config that is not allowed")
struct ServiceConfigErrorTests {
  private func check(_ json: String, _ path: String, _ word: String) {
    let error = #expect(throws: ServiceConfigError.self) { try ServiceConfig(json: json) }
    #expect(error?.path == path, "\(json)")
    #expect(error?.problem.contains(word) == true, "\(error?.description ?? "")")
  }

  @Test(
    "what is wrong is named by its place",
    arguments: [
      ("", "", "line 1"), ("[]", "", "object"), ("{\"a\":1,\"a\":2}", "", "line 1"),
      (#"{"methodConfig":{}}"#, "methodConfig", "array"),
      (#"{"methodConfig":[1]}"#, "methodConfig[0]", "object"),
      (#"{"methodConfig":[{},null]}"#, "methodConfig[1]", "object"),
      (#"{"healthCheckConfig":{"serviceName":1}}"#, "healthCheckConfig.serviceName", "string"),
      (#"{"healthCheckConfig":"a"}"#, "healthCheckConfig", "object"),
      (#"{"loadBalancingConfig":[]}"#, "loadBalancingConfig", "round_robin"),
      (#"{"loadBalancingConfig":[{"grpclb":{}}]}"#, "loadBalancingConfig", "round_robin"),
      (#"{"loadBalancingConfig":[{}]}"#, "loadBalancingConfig[0]", "exactly one"),
      (
        #"{"loadBalancingConfig":[{"a":{}},{"round_robin":{},"pick_first":{}}]}"#,
        "loadBalancingConfig[1]", "exactly one"
      ),
      (
        #"{"loadBalancingConfig":[{"round_robin":[]}]}"#, "loadBalancingConfig[0].round_robin",
        "object"
      ),
      (
        #"{"loadBalancingConfig":[{"pick_first":{"shuffleAddressList":1}}]}"#,
        "loadBalancingConfig[0].pick_first.shuffleAddressList", "true or false"
      ),
      (
        #"{"loadBalancingConfig":[{"least_request_experimental":{"choiceCount":1}}]}"#,
        "loadBalancingConfig[0].least_request_experimental.choiceCount", "from 2"
      ),
      (
        #"{"loadBalancingConfig":[{"outlier_detection_experimental":{}}]}"#, "loadBalancingConfig",
        "round_robin"
      ),
      (
        #"{"loadBalancingConfig":[{"outlier_detection_experimental":{"childPolicy":[{"x":{}}]}}]}"#,
        "loadBalancingConfig[0].outlier_detection_experimental.childPolicy", "round_robin"
      ),
      (#"{"loadBalancingPolicy":"grpclb"}"#, "loadBalancingPolicy", "round_robin"),
    ])
  func places(json: String, path: String, word: String) {
    check(json, path, word)
  }

  @Test(
    "an entry for methods keeps its rules",
    arguments: [
      (#""waitForReady":"true""#, "waitForReady", "true or false"),
      (#""timeout":"-1s""#, "timeout", "negative"), (#""timeout":"1""#, "timeout", "1.5s"),
      (#""timeout":1"#, "timeout", "1.5s"), (#""timeout":"1.0000000001s""#, "timeout", "1.5s"),
      (#""maxRequestMessageBytes":-1"#, "maxRequestMessageBytes", "from 0"),
      (#""maxRequestMessageBytes":1.5"#, "maxRequestMessageBytes", "whole number"),
      (#""maxRequestMessageBytes":"x""#, "maxRequestMessageBytes", "number"),
      (#""maxRequestMessageBytes":"inf""#, "maxRequestMessageBytes", "number"),
      (#""maxResponseMessageBytes":4294967296"#, "maxResponseMessageBytes", "4294967295"),
      (#""maxResponseMessageBytes":true"#, "maxResponseMessageBytes", "number"),
      (#""name":[{"method":"M"}]"#, "name[0]", "service"),
      (#""name":[{"service":1}]"#, "name[0].service", "string"),
      (#""name":[{},{"service":""}]"#, "name[1]", "another"),
      (#""name":[{"service":"a"},{"service":"a","method":""}]"#, "name[1]", "another"),
      (
        #""name":[{"service":"a","method":"m"},{"service":"a","method":"m"}]"#, "name[1]",
        "another"
      ),
      (
        #""retryPolicy":{"maxAttempts":2},"hedgingPolicy":{"maxAttempts":2}"#, "hedgingPolicy",
        "retryPolicy"
      ),
    ])
  func methodEntry(member: String, path: String, word: String) {
    check("{\"methodConfig\":[{},{\(member)}]}", "methodConfig[1].\(path)", word)
  }

  @Test("a name in two entries is refused where it comes again")
  func duplicateAcross() {
    check(
      #"{"methodConfig":[{"name":[{"service":"a"}]},{"name":[{"service":"b"},{"service":"a"}]}]}"#,
      "methodConfig[1].name[1]", "another")
  }

  /// A valid retry policy, member by member.
  private static let retry = [
    "maxAttempts": "2", "initialBackoff": #""1s""#, "maxBackoff": #""1s""#,
    "backoffMultiplier": "1", "retryableStatusCodes": "[14]",
  ]

  private func retryConfig(with members: [String: String]) -> String {
    let text = members.map { "\"\($0)\":\($1)" }.joined(separator: ",")
    return "{\"methodConfig\":[{\"retryPolicy\":{\(text)}}]}"
  }

  @Test("every member of a retry policy is required", arguments: retry.keys)
  func retryRequired(name: String) throws {
    _ = try ServiceConfig(json: retryConfig(with: Self.retry))
    var members = Self.retry
    members[name] = nil
    check(retryConfig(with: members), "methodConfig[0].retryPolicy.\(name)", "required")
  }

  @Test(
    "a retry policy keeps its rules",
    arguments: [
      ("maxAttempts", "1", "from 2"), ("maxAttempts", "2.5", "whole"),
      ("maxAttempts", "1e40", "whole"), ("initialBackoff", "\"0s\"", "greater than 0s"),
      ("initialBackoff", "\"-1s\"", "negative"), ("maxBackoff", "\"0s\"", "greater than 0s"),
      ("maxBackoff", "1", "1.5s"), ("backoffMultiplier", "0", "greater than 0"),
      ("backoffMultiplier", "-1", "greater than 0"), ("retryableStatusCodes", "[]", "empty"),
      ("retryableStatusCodes", "14", "array"),
    ])
  func retryRules(name: String, value: String, word: String) {
    var members = Self.retry
    members[name] = value
    check(retryConfig(with: members), "methodConfig[0].retryPolicy.\(name)", word)
  }

  @Test(
    "no other status codes are known",
    arguments: ["17", "-1", "1.5", "\"UNAVAIL\"", "\"14\"", "null", "[]"])
  func codes(code: String) {
    var members = Self.retry
    members["retryableStatusCodes"] = "[1,\(code)]"
    check(
      retryConfig(with: members), "methodConfig[0].retryPolicy.retryableStatusCodes[1]", "0 to 16")
  }

  @Test(
    "a hedging policy keeps its rules",
    arguments: [
      ("{}", "maxAttempts", "required"), (#"{"maxAttempts":1}"#, "maxAttempts", "from 2"),
      (#"{"maxAttempts":2,"hedgingDelay":"-1s"}"#, "hedgingDelay", "negative"),
      (#"{"maxAttempts":2,"nonFatalStatusCodes":[99]}"#, "nonFatalStatusCodes[0]", "0 to 16"),
    ])
  func hedgingRules(policy: String, path: String, word: String) {
    check(
      "{\"methodConfig\":[{\"hedgingPolicy\":\(policy)}]}", "methodConfig[0].hedgingPolicy.\(path)",
      word)
  }

  @Test(
    "throttling keeps its rules",
    arguments: [
      (#"{"tokenRatio":1}"#, "maxTokens", "required"),
      (#"{"maxTokens":1}"#, "tokenRatio", "required"),
      (#"{"maxTokens":0,"tokenRatio":1}"#, "maxTokens", "from 1 to 1000"),
      (#"{"maxTokens":1001,"tokenRatio":1}"#, "maxTokens", "from 1 to 1000"),
      (#"{"maxTokens":1,"tokenRatio":0}"#, "tokenRatio", "0.001"),
      (#"{"maxTokens":1,"tokenRatio":-1}"#, "tokenRatio", "0.001"),
      (#"{"maxTokens":1,"tokenRatio":0.0009}"#, "tokenRatio", "0.001"),
    ])
  func throttling(value: String, path: String, word: String) {
    check("{\"retryThrottling\":\(value)}", "retryThrottling.\(path)", word)
  }

  @Test(
    "outlier detection keeps its rules",
    arguments: [
      (#""interval":"0s""#, "interval", "greater than 0s"),
      (#""baseEjectionTime":"-1s""#, "baseEjectionTime", "negative"),
      (#""maxEjectionTime":1"#, "maxEjectionTime", "1.5s"),
      (#""maxEjectionPercent":101"#, "maxEjectionPercent", "from 0 to 100"),
      (
        #""successRateEjection":{"enforcementPercentage":101}"#,
        "successRateEjection.enforcementPercentage", "from 0 to 100"
      ),
      (
        #""successRateEjection":{"stdevFactor":-1}"#, "successRateEjection.stdevFactor", "from 0"
      ),
      (
        #""failurePercentageEjection":{"threshold":101}"#, "failurePercentageEjection.threshold",
        "from 0 to 100"
      ),
    ])
  func outliers(member: String, path: String, word: String) {
    check(
      "{\"loadBalancingConfig\":[{\"round_robin\":{}},{\"outlier_detection_experimental\":{\(member)}}]}",
      "loadBalancingConfig[1].outlier_detection_experimental.\(path)", word)
  }

  @Test("a description is one line, with the place before the problem")
  func description() {
    let error = #expect(throws: ServiceConfigError.self) {
      try ServiceConfig(json: #"{"methodConfig":[{"timeout":"x"}]}"#)
    }
    #expect(
      error?.description == "methodConfig[0].timeout: must be seconds with an s, such as 1.5s")
  }
}
