import Foundation
import Protobuf
import RPCCore
import RPCServices
import SafeMobilityAPI
import SafeMobilityClient

/// What a server says when it is called: whether it serves, what time it has, what its schema is.
struct ServerCheck {
  let server: ToolServer

  /// Differences of the clocks below this are no reason to do anything.
  private static let clockTolerance = 5.0
  /// How many differences of the schemas are shown.
  private static let differenceCountMax = 5

  /// Clock, schema and health.
  func look() async -> [Finding] {
    let health = await health()
    if health.isUnreachable {
      return [
        Finding(check: "clock", verdict: .unknown, found: "not looked at: there was no answer"),
        Finding(check: "schema", verdict: .unknown, found: "not looked at: there was no answer"),
        health.finding,
      ]
    }
    return [await clock(health), await schema(), health.finding]
  }

  private var callOptions: CallOptions { CallOptions(timeout: server.timeout ?? .seconds(10)) }

  /// What helps most often when nothing but a call fails.
  private var advice: String {
    switch server.connection.identity {
    case .anonymous(_?):
      "the server may let in only whom it knows: give your --tls-cert and --tls-key"
    case .certificate:
      "the server may not know the authority of your certificate; its log says why"
    default: "see the server's log"
    }
  }

  /// What came of asking for the server's health.
  private struct Health {
    var finding: Finding
    var isUnreachable = false
    /// The `date` header (RFC 9110, section 6.6.1), which some servers and proxies send.
    var date: String?
    /// When it was there.
    let time = Date()
  }

  private func health() async -> Health {
    func finding(
      _ verdict: Finding.Verdict, _ found: String, _ next: String? = nil
    ) -> Finding {
      Finding(check: "health", verdict: verdict, found: found, next: next)
    }
    do throws(RPCError) {
      let response = try await server.client.rpc.unary(
        GRPCHealth.HealthMethods.check, GRPCHealth.HealthCheckRequest(),
        metadata: server.metadata, options: callOptions, as: GRPCHealth.HealthCheckResponse.self)
      let status = response.message.status
      let name =
        GRPCHealth.HealthCheckResponse.ServingStatus.descriptor.name(of: status.rawValue)
        ?? "\(status.rawValue)"
      let found =
        status == .serving
        ? finding(.ok, name)
        : finding(.wrong, name, "ask whoever runs the server; pasarela health --all names services")
      return Health(finding: found, date: response.metadata["date"])
    } catch {
      let date = error.metadata["date"]
      switch error.code {
      case .unimplemented:
        return Health(
          finding: finding(.warning, "the server answers, and does not tell of its health"),
          date: date)
      case .unauthenticated, .permissionDenied:
        return Health(
          finding: finding(
            .wrong, "the server answers, and does not let you ask: \(error.description)",
            "check who you are to it: --tls-cert, -H, or --as"), date: date)
      default:
        return Health(
          finding: finding(
            .wrong, "a call does not come through: \(error.description)", advice),
          isUnreachable: true)
      }
    }
  }

  private func clock(_ health: Health) async -> Finding {
    let start = Date()
    let asked = try? await server.client.rpc.unary(
      SafeMobility.ProgramServiceMethods.getIntakeStatus,
      SafeMobility.GetIntakeStatusRequest.with { $0.name = Defaults.program },
      metadata: server.metadata, options: callOptions, as: SafeMobility.GetIntakeStatusResponse.self
    )
    let end = Date()
    if let time = asked?.message.serverTime {
      let there = Double(time.seconds) + Double(time.nanos) / 1e9
      let here = (start.timeIntervalSince1970 + end.timeIntervalSince1970) / 2
      return Self.clock(ahead: there - here, "the programme's clock", isProgramme: true)
    }
    if let there = health.date.flatMap(Self.date) {
      return Self.clock(
        ahead: there.timeIntervalSince(health.time), "the server's clock", isProgramme: false)
    }
    return Finding(
      check: "clock", verdict: .unknown,
      found: "not known: the server does not tell its time")
  }

  private static func clock(ahead: Double, _ whose: String, isProgramme: Bool) -> Finding {
    let size = abs(ahead)
    let length =
      size < 120
      ? "\(Int(size.rounded())) s"
      : size < 7_200
        ? "\(Int(size / 60)) min"
        : size < 172_800
          ? "\(Int(size / 3_600)) h"
          : "\(Int(size / 86_400)) days"
    guard size > clockTolerance else {
      return Finding(check: "clock", verdict: .ok, found: "\(whose) and this machine's agree")
    }
    return Finding(
      check: "clock", verdict: .warning,
      found: "\(whose) is \(length) \(ahead > 0 ? "ahead of" : "behind") this machine's",
      next: isProgramme
        ? "set this machine's clock, unless the server holds a rehearsal"
        : "set the clock that is wrong: certificates and deadlines go by them")
  }

  /// The one form of dates that is sent today: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
  private static func date(_ text: String) -> Date? {
    let form = DateFormatter()
    form.locale = Locale(identifier: "en_US_POSIX")
    form.timeZone = .gmt
    form.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    return form.date(from: text)
  }

  private func schema() async -> Finding {
    func finding(
      _ verdict: Finding.Verdict, _ found: String, _ next: String? = nil
    ) -> Finding {
      Finding(check: "schema", verdict: verdict, found: found, next: next)
    }
    do {
      let told = try await SchemaSearch.reflected(by: server) { try await $0.everything() }
      guard let difference = SchemaDifference(told: told, compiled: try ToolSchema.compiled())
      else {
        return finding(
          .ok, "reflection tells \(told.services.count) services, none the programme's")
      }
      let differences =
        difference.onlyThere.map { "only there: \($0)" }
        + difference.onlyHere.map { "only here: \($0)" }
      guard !differences.isEmpty else {
        return finding(
          .ok,
          "the server's contract is this program's: \(difference.sameCount) methods and fields")
      }
      let shown = differences.prefix(Self.differenceCountMax).joined(separator: "; ")
      let rest = differences.count - Self.differenceCountMax
      return finding(
        .warning, "the server's contract is another: \(shown)\(rest > 0 ? "; \(rest) more" : "")",
        difference.onlyThere.isEmpty
          ? "the server is older: leave alone what it does not have" : "get a newer pasarela")
    } catch let failure as CommandFailure where failure.exitCode == 64 + 12 {
      return finding(
        .warning, "the server does not tell its schema by reflection",
        "give it with -protoset or -proto, or start the server with reflection (--reflection); "
          + "the programme's own is built in")
    } catch {
      return finding(.wrong, "\(error)", "see the server's log")
    }
  }
}
