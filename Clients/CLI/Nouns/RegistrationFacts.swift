import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI

/// What can be said of a registration's circumstances.
struct RegistrationFacts: ParsableArguments {
  @Option(help: "The country they come from; the principal's nationality if not said.")
  var homeRegion: String?
  @Option(help: "The department they live in, ISO 3166-2.") var subdivision: String?
  @Option(help: "The town they live in.") var municipality: String?
  @Option(help: "The language to speak with them; es-GT if not said.") var language: String?
  @Option(help: "Whether they need an interpreter: true or false.") var interpreter: Bool?

  /// Puts them into a registration.
  func fill(_ edit: inout Edit<SafeMobility.Registration>) {
    edit.set("home_region_code", \.homeRegionCode, homeRegion)
    edit.set("subdivision_code", \.subdivisionCode, subdivision)
    edit.set("municipality", \.municipality, municipality)
    edit.set("language_code", \.languageCode, language)
    edit.set("interpreter_needed", \.interpreterNeeded, interpreter)
  }
}

/// What the household answers to the questions of the form.
struct AnswerOptions: ParsableArguments {
  @Option(help: "Their standing where they are.")
  var hostStatus: EnumArgument<SafeMobility.HostStatus>?
  @Option(help: "Since when they are there.") var presentSince: DateArgument?
  @Option(help: "What they need protection from; may be repeated.")
  var protectionNeed: [EnumArgument<SafeMobility.ProtectionNeed>] = []
  @Option(help: "What they need for their health; may be repeated.")
  var medicalNeed: [EnumArgument<SafeMobility.MedicalNeed>] = []
  @Option(help: "Whether they have relatives in the United States.") var relativesInUs: Bool?
  @Option(help: "Whether they look for temporary work.") var seeksTemporaryWork: Bool?
  @Option(help: "A country they would go to, ISO 3166-1; may be repeated.")
  var destination: [String] = []

  /// These answers over those that are there; nil when there are none at all.
  func filled(_ old: SafeMobility.RegistrationAnswers?) -> SafeMobility.RegistrationAnswers? {
    var edit = Edit(old ?? .init(), mask: nil)
    fill(&edit)
    return edit.resource.isDefault && old == nil ? nil : edit.resource
  }

  /// Puts them into the answers.
  func fill(_ edit: inout Edit<SafeMobility.RegistrationAnswers>) {
    edit.set("host_status", \.hostStatus, hostStatus?.value)
    edit.set("present_since_date", \.presentSinceDate, presentSince?.date)
    edit.set(
      "protection_needs", \.protectionNeeds,
      protectionNeed.isEmpty ? nil : protectionNeed.map(\.value))
    edit.set(
      "medical_needs", \.medicalNeeds, medicalNeed.isEmpty ? nil : medicalNeed.map(\.value))
    edit.set("relatives_in_us", \.relativesInUs, relativesInUs)
    edit.set("seeks_temporary_work", \.seeksTemporaryWork, seeksTemporaryWork)
    edit.set("destination_codes", \.destinationCodes, destination.isEmpty ? nil : destination)
  }
}

/// `pasarela registration update`.
struct UpdateRegistration: Verb {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Corrects a registration's circumstances and answers.")
  static let method = SafeMobility.ApplicantServiceMethods.updateRegistration
  static var requestID: WritableKeyPath<Request, String>? { \.requestId }
  typealias Request = SafeMobility.UpdateRegistrationRequest
  typealias Response = SafeMobility.UpdateRegistrationResponse

  @Argument(help: "registrations/ID.") var name: String
  @OptionGroup var facts: RegistrationFacts
  @OptionGroup var answers: AnswerOptions
  @Option(help: "UpdateRegistrationRequest as JSON; - is standard input.") var file: RequestFile?
  @OptionGroup var options: GlobalOptions

  func fill(_ request: inout Request, _ session: Session) async throws {
    if let file { request = try file.read(as: Request.self) }
    var edit = Edit(request.registration ?? .init(), mask: request.updateMask)
    facts.fill(&edit)
    var inner = Edit(edit.resource.answers ?? .init(), mask: nil)
    answers.fill(&inner)
    edit.set("answers", \.answers, changed: inner)
    request.registration = edit.resource
    request.registration?.name = name
    request.updateMask = try edit.mask(isFromFile: file != nil)
    try await session.fill(&request.etag, of: name)
  }
}
