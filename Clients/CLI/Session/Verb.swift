import ArgumentParser
import Foundation
import Glibc
import Protobuf
import RPCCore
import SafeMobilityAPI
import SafeMobilityClient

/// One call as a command: it fills a request, and everything else is the same for all.
protocol Verb: AsyncParsableCommand {
  associatedtype Request: Protobuf.Message & RPCMessage
  associatedtype Response: Protobuf.Message & RPCMessage

  /// The method called.
  static var method: MethodDescriptor { get }
  /// What it is usually called for.
  static var purpose: SafeMobility.Purpose { get }
  /// Where the request has its request_id; nil for reads.
  static var requestID: WritableKeyPath<Request, String>? { get }
  /// What every verb takes.
  var options: GlobalOptions { get }

  /// Puts what was said on the command line into the request.
  func fill(_ request: inout Request, _ session: Session) async throws
}

extension Verb {
  static var purpose: SafeMobility.Purpose { .processing }
  static var requestID: WritableKeyPath<Request, String>? { nil }

  func run() async throws {
    let session = Session(client: try options.client(purpose: Self.purpose), options: options)
    do {
      var request = Request()
      try await fill(&request, session)
      let id = options.requestId ?? .make()
      if let path = Self.requestID { request[keyPath: path] = id.text }
      let response: Response = try await session.call(
        Self.method, request, repeatableAs: Self.requestID == nil ? nil : id)
      await session.close()
      try Answer(response, options.output).write()
    } catch {
      await session.close()
      throw error
    }
  }
}

/// A client for the length of one command.
struct Session: Sendable {
  let client: SafeMobilityClient
  let options: GlobalOptions

  func close() async { await client.close() }

  /// Makes a call; a refusal is explained on standard error and becomes the exit code.
  func call<Request: RPCMessage, Response: RPCMessage>(
    _ method: MethodDescriptor, _ request: Request, repeatableAs id: RequestID? = nil
  ) async throws -> Response {
    do {
      let options = CallOptions(timeout: .milliseconds(Int64(options.timeout * 1_000)))
      return try await client.rpc.unary(method, request, options: options, as: Response.self)
        .message
    } catch {
      let failure = CallFailure(error)
      Diagnostics.write(FailureText.text(of: failure, method: method, id: id))
      throw ExitCode(Int32(64 + failure.code.rawValue))
    }
  }

  /// The etag to send with a change: the one given, or the resource's newest.
  func etag(of name: String) async throws -> String {
    if let etag = options.etag { return etag }
    switch name.split(separator: "/").first {
    case "registrations" where name.contains("/consents/"):
      let parent = name.split(separator: "/").prefix(2).joined(separator: "/")
      let list: SafeMobility.ListConsentsResponse = try await call(
        SafeMobility.ApplicantServiceMethods.listConsents,
        SafeMobility.ListConsentsRequest.with { $0.parent = parent })
      return list.consents.first { $0.name == name }?.etag ?? ""
    case "registrations":
      let answer: SafeMobility.GetRegistrationResponse = try await call(
        SafeMobility.ApplicantServiceMethods.getRegistration,
        SafeMobility.GetRegistrationRequest.with { $0.name = name })
      return answer.registration?.etag ?? ""
    case "appointments":
      let answer: SafeMobility.GetAppointmentResponse = try await call(
        SafeMobility.AppointmentServiceMethods.getAppointment,
        SafeMobility.GetAppointmentRequest.with { $0.name = name })
      return answer.appointment?.etag ?? ""
    case "referrals":
      let answer: SafeMobility.GetReferralResponse = try await call(
        SafeMobility.ReferralServiceMethods.getReferral,
        SafeMobility.GetReferralRequest.with { $0.name = name })
      return answer.referral?.etag ?? ""
    case "programs" where name.contains("/intakeWindows/"):
      return try await windowEtag(name)
    case "programs":
      let answer: SafeMobility.GetProgramResponse = try await call(
        SafeMobility.ProgramServiceMethods.getProgram,
        SafeMobility.GetProgramRequest.with { $0.name = name })
      return answer.program?.etag ?? ""
    default:
      throw ValidationError("give the etag of \(name) with --etag; it cannot be read alone")
    }
  }

  /// Everybody of a registration, the principal first.
  func household(of registration: String) async throws -> [String] {
    let answer: SafeMobility.GetRegistrationResponse = try await call(
      SafeMobility.ApplicantServiceMethods.getRegistration,
      SafeMobility.GetRegistrationRequest.with { $0.name = registration })
    let household = answer.registration ?? .init()
    return [household.principal] + household.members.map(\.person)
  }

  private func windowEtag(_ name: String) async throws -> String {
    let parent = name.split(separator: "/").prefix(2).joined(separator: "/")
    let list: SafeMobility.ListIntakeWindowsResponse = try await call(
      SafeMobility.ProgramServiceMethods.listIntakeWindows,
      SafeMobility.ListIntakeWindowsRequest.with { $0.parent = parent })
    return list.intakeWindows.first { $0.name == name }?.etag ?? ""
  }
}

/// What is for the person and not for the pipe.
enum Diagnostics {
  static func write(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  /// Whether standard output is a terminal.
  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
}
