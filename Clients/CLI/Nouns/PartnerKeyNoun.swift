import ArgumentParser
import AuditProof
import Protobuf
import RPCCore
import SafeMobilityAPI
import SafeMobilityClient

/// `pasarela partner key`. Who keeps the private key elsewhere signs there: the contract says what.
struct PartnerKeyNoun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "The keys with which a partner signs receipts.",
    subcommands: [Register.self, Rotate.self])

  struct Register: Verb {
    static let configuration = CommandConfiguration(
      abstract: "As the partner: registers a first or a further key, good from now on.",
      discussion: "From then on `pasarela referral acknowledge` has to sign.")
    static let method = SafeMobility.PartnerServiceMethods.registerKey
    static let purpose = SafeMobility.Purpose.resettlement
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.RegisterKeyRequest
    typealias Response = SafeMobility.RegisterKeyResponse

    @Argument(help: "partners/ID.", completion: .custom(Candidates.partners))
    var name: String
    @Argument(help: "A name for the key, such as receipts-2026; never given again.") var id: String
    @Option(help: "The private key's file, PKCS #8 in PEM; only its public half is sent.")
    var keyFile: SigningKeyFile
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      let signer = try keyFile.read()
      request.partner = name
      request.etag = try await session.etag(of: name)
      request.requestId = (options.requestId ?? .make()).text
      let key = signer.publicKey(named: id)
      request.key = key
      request.proof = try signer.signature(
        over: KeyProofText.bytes(
          "RegisterKey", partner: name, keyID: id, publicKey: key.publicKey, replacing: nil,
          requestID: request.requestId))
    }
  }

  struct Rotate: Verb {
    static let configuration = CommandConfiguration(
      abstract: "As the partner: puts a new key in the place of an old one, which ends now.",
      discussion: "Without the old key's file it is for an administrator.")
    static let method = SafeMobility.PartnerServiceMethods.rotateKey
    static let purpose = SafeMobility.Purpose.resettlement
    static var requestID: WritableKeyPath<Request, String>? { \.requestId }
    typealias Request = SafeMobility.RotateKeyRequest
    typealias Response = SafeMobility.RotateKeyResponse

    @Argument(help: "partners/ID.", completion: .custom(Candidates.partners))
    var name: String
    @Argument(help: "The id of the key that ends.") var oldID: String
    @Argument(help: "A name for the new key.") var id: String
    @Option(help: "The new private key's file, PKCS #8 in PEM; only its public half is sent.")
    var keyFile: SigningKeyFile
    @Option(help: "The old private key's file; leave it out if it is lost.")
    var oldKeyFile: SigningKeyFile?
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout Request, _ session: Session) async throws {
      let (signer, oldSigner) = (try keyFile.read(), try oldKeyFile?.read())
      request.partner = name
      request.oldKeyId = oldID
      request.etag = try await session.etag(of: name)
      request.requestId = (options.requestId ?? .make()).text
      let key = signer.publicKey(named: id)
      request.key = key
      let text = KeyProofText.bytes(
        "RotateKey", partner: name, keyID: id, publicKey: key.publicKey, replacing: oldID,
        requestID: request.requestId)
      request.proof = try signer.signature(over: text)
      request.oldProof = try oldSigner?.signature(over: text) ?? []
    }
  }
}

extension PartnerSigner {
  /// The key that a partner registers under a name.
  fileprivate func publicKey(named id: String) -> SafeMobility.PartnerKey {
    var key = publicKey
    key.id = id
    return key
  }
}
