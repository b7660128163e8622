import Domain
import RPCCore

/// Who a caller says it is, and can prove: a partner, and the one role it acts in.
///
/// One form, two carriers. Over TLS it is a URI SAN of the verified client certificate,
/// `spiffe://pasarela.dev/partner/us-rsc/role/PARTNER_OFFICER` (SPIFFE-ID, section 2). In plaintext,
/// which a server serves only when told to, it is the metadata `pasarela-dev-identity:
/// us-rsc/PARTNER_OFFICER`; over TLS that metadata is refused, so that a certificate of one partner
/// never speaks for another.
struct CallerIdentity: Sendable, Hashable {
  /// The trust domain of this programme's certificates.
  static let trustDomain = "pasarela.dev"
  /// The metadata that names the caller in plaintext.
  static let developmentMetadata = "pasarela-dev-identity"

  /// The partner the caller belongs to.
  var partner: PartnerID
  /// The name of the role without its prefix, as the schema writes it.
  var roleName: String

  /// The identity as a certificate names it and the partner's record lists it.
  var uri: String { "spiffe://\(Self.trustDomain)/partner/\(partner)/role/\(roleName)" }

  /// The identity of a call's peer; nil when it brings none.
  ///
  /// - Throws: UNAUTHENTICATED when there is one that must not be believed.
  init?(_ call: ServerCall) throws(RPCError) {
    let named = call.requestMetadata.values(for: Self.developmentMetadata)
    guard call.peer.secure else {
      guard let text = named.first else { return nil }
      guard named.count == 1, let identity = Self(developmentText: text) else {
        throw RPCError(
          .unauthenticated, "\(Self.developmentMetadata) must be PARTNER/ROLE, once")
      }
      self = identity
      return
    }
    guard named.isEmpty else {
      throw RPCError(
        .unauthenticated, "\(Self.developmentMetadata) is for plaintext only; remove it")
    }
    let identities = call.peer.uris.filter { $0.hasPrefix("spiffe://\(Self.trustDomain)/") }
    guard let uri = identities.first else { return nil }
    guard identities.count == 1, let identity = Self(uri: uri) else {
      throw RPCError(
        .unauthenticated, "the client certificate names no single partner and role")
    }
    self = identity
  }

  /// `PARTNER/ROLE`.
  private init?(developmentText text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    self.init(partner: parts[0], role: parts[1])
  }

  /// Byte for byte, without percent-encoding: what looks different is different.
  private init?(uri: String) {
    let parts = uri.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 7, parts[3] == "partner", parts[5] == "role" else { return nil }
    self.init(partner: parts[4], role: parts[6])
  }

  private init?(partner: Substring, role: Substring) {
    guard let partner = PartnerID(rawValue: String(partner)), (1...63).contains(role.utf8.count),
      role.utf8.allSatisfy({ (0x41...0x5A).contains($0) || $0 == UInt8(ascii: "_") })
    else { return nil }
    self.partner = partner
    roleName = String(role)
  }
}
