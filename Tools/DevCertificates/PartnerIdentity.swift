/// Who calls: a partner and one of its roles, written `PARTNER/ROLE`.
///
/// In a client certificate it is the one URI subject alternative name
/// `spiffe://pasarela.dev/partner/PARTNER/role/ROLE`, byte for byte: no escapes, no trailing slash.
package struct PartnerIdentity: Hashable, Sendable, CustomStringConvertible {
  /// The id in `partners/{id}`: a lower-case letter, then up to 62 of `a-z`, `0-9` and `-`.
  package let partner: String
  /// A role of the schema without its prefix: an upper-case letter, then up to 62 of `A-Z`, `0-9`, `_`.
  package let role: String

  /// nil unless the text has just the form above.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2,
      parts[0].wholeMatch(of: #/[a-z][a-z0-9\-]{0,62}/#) != nil,
      parts[1].wholeMatch(of: #/[A-Z][A-Z0-9_]{0,62}/#) != nil
    else { return nil }
    (partner, role) = (String(parts[0]), String(parts[1]))
  }

  package var description: String { "\(partner)/\(role)" }

  package var uri: String { "spiffe://pasarela.dev/partner/\(partner)/role/\(role)" }

  /// `PARTNER.ROLE`. Neither part holds a dot, so no two identities share a file.
  package var fileName: String { "\(partner).\(role)" }
}
