import ArgumentParser
import RPCTransportHTTP2

/// What the server grants its peers, where an operator may know better than the defaults.
struct LimitOptions: ParsableArguments {
  @Option(help: "Connections at once, from everybody.")
  var maxConnections = HTTP2Server.Limits().connectionCountMax

  @Option(
    help: """
      Connections at once from one address, and never more than half of what is left; unix sockets do not count.
      """)
  var maxConnectionsPerAddress = HTTP2Server.Limits().connectionCountMaxPerAddress

  @Option(help: "Calls whose handlers run at once; later ones are refused, to be tried again.")
  var maxRunningCalls = HTTP2Server.Limits().runningHandlerCountMax

  @Option(
    help:
      "Of those, from one address, and never more than half of what is left; unix sockets do not count."
  )
  var maxRunningCallsPerAddress = HTTP2Server.Limits().runningHandlerCountMaxPerAddress

  @Option(
    help: ArgumentHelp(
      "Ask a connection to end when it has been without calls for so long; 0 never.",
      valueName: "SECONDS"))
  var maxConnectionIdle = 0

  @Option(
    help: ArgumentHelp(
      "Ask a connection to end when it is so old, give or take a tenth; 0 never.",
      discussion: "For servers behind one name: clients find those that were added since.",
      valueName: "SECONDS"))
  var maxConnectionAge = 0

  @Option(
    help: ArgumentHelp(
      "Ask a silent client whether it is still there after so long.", valueName: "SECONDS"))
  var keepalive = 7_200

  func validate() throws {
    for (name, value) in [
      ("max-connections", maxConnections),
      ("max-connections-per-address", maxConnectionsPerAddress),
      ("max-running-calls", maxRunningCalls),
      ("max-running-calls-per-address", maxRunningCallsPerAddress), ("keepalive", keepalive),
    ] where value < 1 {
      throw ValidationError("--\(name) must be at least 1")
    }
    guard maxConnectionIdle >= 0, maxConnectionAge >= 0 else {
      throw ValidationError("--max-connection-idle and --max-connection-age must be at least 0")
    }
  }

  /// The defaults, changed by what was given.
  var limits: HTTP2Server.Limits {
    var limits = HTTP2Server.Limits()
    limits.connectionCountMax = maxConnections
    limits.connectionCountMaxPerAddress = maxConnectionsPerAddress
    limits.runningHandlerCountMax = maxRunningCalls
    limits.runningHandlerCountMaxPerAddress = maxRunningCallsPerAddress
    limits.connectionIdleMax = maxConnectionIdle > 0 ? .seconds(maxConnectionIdle) : nil
    limits.connectionAgeMax = maxConnectionAge > 0 ? .seconds(maxConnectionAge) : nil
    limits.keepaliveTime = .seconds(keepalive)
    return limits
  }
}
