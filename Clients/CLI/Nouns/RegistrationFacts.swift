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
  @Option(
    help: ArgumentHelp(
      "Somebody who petitions for the principal or would support them; may be repeated.",
      valueName: "RELATION[:STANDING[:STAGE[:NAME]]]"))
  var petitioner: [PetitionerArgument] = []
  @Option(help: "Whether they look for temporary work.") var seeksTemporaryWork: Bool?
  @Option(help: "A country they would go to, ISO 3166-1; may be repeated.")
  var destination: [String] = []
  @Option(help: "Why they leave; may be repeated.")
  var leavingReason: [EnumArgument<SafeMobility.LeavingReason>] = []

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
    edit.set(
      "petitioners", \.petitioners, petitioner.isEmpty ? nil : petitioner.map(\.petitioner))
    edit.set(
      "leaving_reasons", \.leavingReasons,
      leavingReason.isEmpty ? nil : leavingReason.map(\.value))
  }
}

/// `RELATION[:STANDING[:STAGE[:NAME]]]`, such as `SIBLING:CITIZEN:APPROVED:Luz Xol Caal`. Dates and other
/// beneficiaries than the principal are for a file.
struct PetitionerArgument: ExpressibleByArgument {
  let petitioner: SafeMobility.Petitioner

  init?(argument: String) {
    let parts = argument.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
      .map(String.init)
    guard let relation = EnumArgument<SafeMobility.PetitionerRelation>(argument: parts[0]) else {
      return nil
    }
    var petitioner = SafeMobility.Petitioner.with { $0.relation = relation.value }
    if parts.count > 1, !parts[1].isEmpty {
      guard let standing = EnumArgument<SafeMobility.PetitionerStanding>(argument: parts[1])
      else { return nil }
      petitioner.standing = standing.value
    }
    if parts.count > 2, !parts[2].isEmpty {
      guard let stage = EnumArgument<SafeMobility.PetitionStage>(argument: parts[2]) else {
        return nil
      }
      petitioner.stage = stage.value
    }
    if parts.count > 3 { petitioner.fullName = parts[3] }
    self.petitioner = petitioner
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
