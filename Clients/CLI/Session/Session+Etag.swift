import Protobuf
import RPCCore
import SafeMobilityAPI

extension Session {
  /// Reads a resource for its etag, whatever collection it is in.
  ///
  /// - Throws: ``CommandFailure`` also when there is no such resource, or none that can be read
  func readEtag(of name: String) async throws(CommandFailure) -> String {
    let steps = name.split(separator: "/").map(String.init)
    let collections = stride(from: 0, to: steps.count, by: 2).map { steps[$0] }
    let parent = steps.prefix(2).joined(separator: "/")
    let etag: String?
    switch collections {
    case ["programs"]: etag = try await program(name).etag
    case ["programs", "intakeWindows"]:
      etag = try await window(name, of: parent)?.etag
    case ["offices"]: etag = try await office(name).etag
    case ["offices", "services"]: etag = try await service(name).etag
    case ["offices", "schedules"]: etag = try await schedule(name).etag
    case ["registrations"]: etag = try await registration(name, view: .basic).etag
    case ["registrations", "persons"]:
      etag = try await registration(parent, view: .full).persons.first { $0.name == name }?.etag
    case ["registrations", "documents"]:
      let persons = try await registration(parent, view: .full).persons
      etag = persons.flatMap(\.documents).first { $0.name == name }?.etag
    case ["registrations", "consents"]:
      etag = try await consents(of: parent).first { $0.name == name }?.etag
    case ["appointments"]: etag = try await appointment(name).etag
    case ["partners"]: etag = try await partner(name).etag
    case ["referrals"]: etag = try await referral(name).etag
    case ["holds"]:
      throw CommandFailure(
        "a hold cannot be read: give its etag with --etag, as `pasarela appointment hold` showed it"
      )
    default:
      throw CommandFailure("\(name) is not the name of a resource that can be changed")
    }
    guard let etag, !etag.isEmpty else {
      throw CommandFailure("there is no \(name), or you may not see its etag; check the name")
    }
    return etag
  }
}

extension Session {
  func program(_ name: String) async throws(CommandFailure) -> SafeMobility.Program {
    let response: SafeMobility.GetProgramResponse = try await call(
      SafeMobility.ProgramServiceMethods.getProgram,
      SafeMobility.GetProgramRequest.with { $0.name = name })
    return response.program ?? .init()
  }

  private func window(
    _ name: String, of program: String
  ) async throws(CommandFailure) -> SafeMobility.IntakeWindow? {
    var request = SafeMobility.ListIntakeWindowsRequest()
    request.parent = program
    repeat {
      let response: SafeMobility.ListIntakeWindowsResponse = try await call(
        SafeMobility.ProgramServiceMethods.listIntakeWindows, request)
      if let window = response.intakeWindows.first(where: { $0.name == name }) { return window }
      request.pageToken = response.nextPageToken
    } while !request.pageToken.isEmpty
    return nil
  }

  func office(_ name: String) async throws(CommandFailure) -> SafeMobility.Office {
    let response: SafeMobility.GetOfficeResponse = try await call(
      SafeMobility.OfficeServiceMethods.getOffice,
      SafeMobility.GetOfficeRequest.with { $0.name = name })
    return response.office ?? .init()
  }

  func service(_ name: String) async throws(CommandFailure) -> SafeMobility.Service {
    let response: SafeMobility.GetServiceResponse = try await call(
      SafeMobility.OfficeServiceMethods.getService,
      SafeMobility.GetServiceRequest.with { $0.name = name })
    return response.service ?? .init()
  }

  func schedule(_ name: String) async throws(CommandFailure) -> SafeMobility.Schedule {
    let response: SafeMobility.GetScheduleResponse = try await call(
      SafeMobility.OfficeServiceMethods.getSchedule,
      SafeMobility.GetScheduleRequest.with { $0.name = name })
    return response.schedule ?? .init()
  }

  func registration(
    _ name: String, view: SafeMobility.View
  ) async throws(CommandFailure) -> SafeMobility.Registration {
    let response: SafeMobility.GetRegistrationResponse = try await call(
      SafeMobility.ApplicantServiceMethods.getRegistration,
      SafeMobility.GetRegistrationRequest.with {
        $0.name = name
        $0.view = view
      })
    return response.registration ?? .init()
  }

  /// Every consent of a registration.
  private func consents(of registration: String) async throws(CommandFailure) -> [SafeMobility
    .Consent]
  {
    var consents: [SafeMobility.Consent] = []
    var request = SafeMobility.ListConsentsRequest()
    request.parent = registration
    repeat {
      let response: SafeMobility.ListConsentsResponse = try await call(
        SafeMobility.ApplicantServiceMethods.listConsents, request)
      consents += response.consents
      request.pageToken = response.nextPageToken
    } while !request.pageToken.isEmpty
    return consents
  }

  func appointment(_ name: String) async throws(CommandFailure) -> SafeMobility.Appointment {
    let response: SafeMobility.GetAppointmentResponse = try await call(
      SafeMobility.AppointmentServiceMethods.getAppointment,
      SafeMobility.GetAppointmentRequest.with { $0.name = name })
    return response.appointment ?? .init()
  }

  func referral(_ name: String) async throws(CommandFailure) -> SafeMobility.Referral {
    let response: SafeMobility.GetReferralResponse = try await call(
      SafeMobility.ReferralServiceMethods.getReferral,
      SafeMobility.GetReferralRequest.with { $0.name = name })
    return response.referral ?? .init()
  }

  func partner(_ name: String) async throws(CommandFailure) -> SafeMobility.Partner {
    let response: SafeMobility.GetPartnerResponse = try await call(
      SafeMobility.PartnerServiceMethods.getPartner,
      SafeMobility.GetPartnerRequest.with { $0.name = name })
    return response.partner ?? .init()
  }
}
