import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI

/// Verbs for identity documents.
extension RegistrationNoun {
  struct AddDocument: Verb {
    static let configuration = CommandConfiguration(
      commandName: "add-document",
      abstract: "Adds an identity document, or with --type NONE says that there is none.")
    static let method = SafeMobility.ApplicantServiceMethods.addDocument
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.AddDocumentRequest
    typealias Response = SafeMobility.AddDocumentResponse

    @Argument(help: "registrations/ID.") var registration: String
    @Option(help: "Whose it is: registrations/ID/persons/ID.") var person: String?
    @Option(help: "What it is.") var type: EnumArgument<SafeMobility.DocumentType>?
    @Option(help: "Its number.") var number: String?
    @Option(help: "The country that issued it; GT if not said.") var region: String?
    @Option(help: "When it was issued.") var issued: DateArgument?
    @Option(help: "When it expires.") var expires: DateArgument?
    @Option(help: "A line of its machine-readable zone; may be repeated.") var mrz: [String] = []
    @Option(help: "AddDocumentRequest as JSON; - is standard input.") var file: RequestFile?
    @OptionGroup var options: GlobalOptions

    func validate() throws {
      guard file != nil || (person != nil && type != nil) else {
        throw ValidationError("give --person and --type, or --file")
      }
    }

    func fill(_ request: inout Request, _ session: Session) throws {
      if let file {
        request = try file.read(as: Request.self)
      } else if type?.value != SafeMobility.DocumentType.none_ {
        request.document = .with { $0.issuingRegionCode = "GT" }
      }
      request.parent = registration
      var edit = Edit(request.document ?? .init(), mask: nil)
      edit.set("person", \.person, person)
      edit.set("type", \.type, type?.value)
      edit.set("number", \.number, number)
      edit.set("issuing_region_code", \.issuingRegionCode, region)
      edit.set("issue_date", \.issueDate, issued?.date)
      edit.set("expiry_date", \.expiryDate, expires?.date)
      edit.set("mrz_lines", \.mrzLines, mrz.isEmpty ? nil : mrz)
      request.document = edit.resource
    }
  }

  struct VerifyDocument: Verb {
    static let configuration = CommandConfiguration(
      commandName: "verify-document", abstract: "Records what looking at a document showed.")
    static let method = SafeMobility.ApplicantServiceMethods.verifyDocument
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.VerifyDocumentRequest
    typealias Response = SafeMobility.VerifyDocumentResponse

    @Argument(help: "registrations/ID/documents/ID.") var name: String
    @Option(help: "What it showed.") var outcome: EnumArgument<SafeMobility.VerificationOutcome>
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      request.name = name
      request.outcome = outcome.value
      request.etag = try await session.etag(of: name)
    }
  }
}
