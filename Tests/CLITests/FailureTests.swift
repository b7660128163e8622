import Protobuf
import RPCCore
import SafeMobilityAPI
import Testing

@testable import CLI

/// What people see when something does not work, and what a script can tell by the exit code.
@Suite struct FailureTests {
  private typealias Applicants = SafeMobility.ApplicantServiceMethods

  private static func error(
    _ code: StatusCode, _ message: String, reason: String? = nil,
    metadata: [String: String] = [:], more: [GoogleProtobuf.Any_?] = []
  ) -> RPCError {
    var status = GoogleRPC.Status()
    status.code = Int32(code.rawValue)
    status.message = message
    if let reason {
      let info = GoogleRPC.ErrorInfo.with {
        $0.reason = reason
        $0.domain = "safemobility"
        $0.metadata = metadata
      }
      status.details = [try? GoogleProtobuf.Any_(packing: info)].compactMap { $0 }
    }
    status.details += more.compactMap { $0 }
    return RPCError(code, message, details: try? status.serializedBytes())
  }

  /// A failure and the name of its golden file.
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var line: String
    var error: RPCError
    var testDescription: String { name }
  }

  static let cases = [
    Case(
      name: "failed-fields", line: "registration submit registrations/0reg",
      error: error(
        .invalidArgument, "the registration is not complete", reason: "FIELD_INVALID",
        more: [
          try? GoogleProtobuf.Any_(
            packing: GoogleRPC.BadRequest.with {
              $0.fieldViolations = [
                .with {
                  $0.field = "principal.phone"
                  $0.description = "a phone or an e-mail address is needed"
                },
                .with {
                  $0.field = "members[2].person.birth_date"
                  $0.description = "is no date"
                },
              ]
            })
        ])),
    Case(
      name: "failed-rule", line: "registration submit registrations/0reg",
      error: error(
        .failedPrecondition, "the eligibility rule is not met", reason: "RULE_NOT_MET",
        more: [
          try? GoogleProtobuf.Any_(
            packing: GoogleRPC.PreconditionFailure.with {
              $0.violations = [
                .with {
                  $0.type = "NATIONALITY"
                  $0.description = "not among the nationalities of the rule"
                }
              ]
            })
        ])),
    Case(
      name: "failed-registered", line: "registration submit registrations/0reg",
      error: error(
        .alreadyExists, "somebody is registered already", reason: "ALREADY_REGISTERED",
        metadata: ["receipt": "TG3SYBXS"])),
    Case(
      name: "failed-etag", line: "registration submit registrations/0reg --etag \"0reg.1\"",
      error: error(.aborted, "the resource has changed", reason: "ETAG_MISMATCH")),
    Case(
      name: "failed-unknown-outcome", line: "registration submit registrations/0reg",
      error: RPCError(.unavailable, "the connection was lost")),
    Case(
      name: "failed-late", line: "registration submit registrations/0reg",
      error: RPCError(.deadlineExceeded, "the deadline has passed")),
    Case(
      name: "failed-unauthenticated", line: "registration submit registrations/0reg",
      error: RPCError(.unauthenticated, "the method needs a client certificate")),
    Case(
      name: "failed-unimplemented", line: "registration submit registrations/0reg",
      error: RPCError(.unimplemented, "there is no such method")),
    Case(
      name: "failed-hostile", line: "registration submit registrations/0reg",
      error: RPCError(.internal, "\u{1B}[2Jgone")),
  ]

  @Test("people read what the golden files say", arguments: cases)
  func transcripts(example: Case) async throws {
    let world = CommandWorld(server: Sample.server())
    world.server.refuse(Applicants.submitRegistration, example.error)
    let run = await world.run(example.line)
    try GoldenText.check("$ pasarela \(example.line)\n\(run.transcript)", example.name)
  }

  @Test("a failed call ends with 64 and its status code", arguments: 1...16)
  func exitCodes(code: Int) async throws {
    let world = CommandWorld(server: Sample.server())
    world.server.refuse(Applicants.getRegistration, RPCError(StatusCode(rawValue: code), "no"))
    let run = await world.run("registration show registrations/0reg")
    #expect(run.code == Int32(64 + code))
    #expect(run.output.isEmpty)
  }

  @Test("every reason of the contract has advice")
  func advice() {
    for value in SafeMobility.ErrorReason.descriptor.values where value.number != 0 {
      let reason = String(value.name.dropFirst("ERROR_REASON_".count))
      #expect(FailureAdvice.byReason[reason] != nil, "\(reason)")
    }
  }

  @Test(
    "a command line that cannot be right ends with 2 before anything is called",
    arguments: [
      "", "programme show", "program shw", "program show --request-id 0f8fad5b",
      "program show --request-id 0f8fad5b-d9cb-469f-a165-70867728950e",
      "slot list offices/x --etag 1", "registration create", "registration submit",
      "registration create --name A --birth-date 90", "registration add-person registrations/0reg",
      "registration invite registrations/0reg --service LUNCH",
      "registration record-eligibility registrations/0reg",
      "registration record-eligibility registrations/0reg --not-eligible USRAP",
      "registration consent propose registrations/0reg/persons/0ana --recipient partners/iom "
        + "--for PROCESSING --data IDENTITY --text-version 1 --text-sha256 abab",
      "office update offices/gt-xel-01", "program show -o xml", "program show -o value=",
      "program show --timeout 0", "program show --timeout 61m", "program show --as UNHCR/SCREENER",
      "program show --purpose TOURISM", "program show --tls-cert a.pem",
      "appointment complete appointments/0app --absent registrations/0reg/persons/stranger",
    ])
  func usage(line: String) async throws {
    let world = CommandWorld(server: Sample.server())
    let run = await world.run(line)
    // A noun without a verb is asked for help, which is no mistake.
    #expect(run.code == (line.isEmpty ? 0 : 2), "\(run.errors)")
    #expect(world.server.asked.allSatisfy { $0.method.method.hasPrefix("Get") })
    #expect(line.isEmpty || run.output.isEmpty)
  }

  @Test("a hold's etag must be given, and that is a failure on this side")
  func holds() async throws {
    let world = CommandWorld(server: Sample.server())
    let run = await world.run("appointment release holds/0hold")
    #expect(run.code == 1)
    #expect(run.errors.contains("--etag"))
    #expect(world.server.asked.isEmpty)
  }

  @Test("a resource that is not there cannot be changed")
  func missing() async throws {
    let world = CommandWorld(server: Sample.server())
    let run = await world.run("registration consent withdraw registrations/0reg/consents/0other")
    #expect(run.code == 1)
    #expect(run.errors.contains("there is no registrations/0reg/consents/0other"))
  }
}
