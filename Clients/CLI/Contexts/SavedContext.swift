import ArgumentParser
import RPCTransportHTTP2
import SafeMobilityAPI
import SafeMobilityClient

/// What is kept of one server under a name: where it is, and how to call it. Each value is as the option of that name
/// takes it. Files of keys and headers are named, and what is secret is never in it.
struct SavedContext: Codable, Hashable, Sendable {
  var target: String
  /// Whether the server has no TLS; then the four below say nothing.
  var plaintext: Bool?
  var tlsCa: String?
  var tlsCert: String?
  var tlsKey: String?
  var tlsServerName: String?
  /// Who calls, in plaintext.
  var identity: String?
  var purpose: String?
  var endUser: String?
  /// Headers of every call: `NAME: VALUE` with variables unreplaced, or `@FILE`.
  var headers: [String]?
  /// How long a call may take.
  var timeout: String?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case target, plaintext, tlsCa, tlsCert, tlsKey, tlsServerName
    case identity = "as"
    case purpose, endUser, headers, timeout
  }

  init(target: String) { self.target = target }

  /// Reads it.
  ///
  /// - Throws: `DecodingError`, also for members that are not known: writing the file would lose them
  init(from decoder: any Decoder) throws {
    try UnknownMember.refuse(in: decoder) { CodingKeys(stringValue: $0) != nil }
    let members = try decoder.container(keyedBy: CodingKeys.self)
    target = try members.decode(String.self, forKey: .target)
    plaintext = try members.decodeIfPresent(Bool.self, forKey: .plaintext)
    tlsCa = try members.decodeIfPresent(String.self, forKey: .tlsCa)
    tlsCert = try members.decodeIfPresent(String.self, forKey: .tlsCert)
    tlsKey = try members.decodeIfPresent(String.self, forKey: .tlsKey)
    tlsServerName = try members.decodeIfPresent(String.self, forKey: .tlsServerName)
    identity = try members.decodeIfPresent(String.self, forKey: .identity)
    purpose = try members.decodeIfPresent(String.self, forKey: .purpose)
    endUser = try members.decodeIfPresent(String.self, forKey: .endUser)
    headers = try members.decodeIfPresent([String].self, forKey: .headers)
    timeout = try members.decodeIfPresent(String.self, forKey: .timeout)
  }
}

extension SavedContext {
  /// What is wrong with it, as words for the one who wrote it; nil for nothing.
  var fault: String? {
    if TargetAddress(argument: target) == nil {
      return "target '\(target)' is no server: it is HOST:PORT or unix:PATH"
    }
    if plaintext == true, tlsCa ?? tlsCert ?? tlsKey ?? tlsServerName != nil {
      return "it is plaintext, and has files of TLS: one of them must go"
    }
    if (tlsCert == nil) != (tlsKey == nil) {
      return "a certificate and its private key go together"
    }
    if let identity {
      if plaintext != true {
        return "as goes with plaintext; over TLS the certificate says who calls"
      }
      if DevelopmentIdentity(identity) == nil { return "as '\(identity)' is not PARTNER/ROLE" }
    }
    if let purpose, EnumArgument<SafeMobility.Purpose>(argument: purpose) == nil {
      return "purpose '\(purpose)' is none"
    }
    if let timeout, TimeoutArgument(argument: timeout) == nil {
      return "timeout '\(timeout)' is none: it is such as 30s, 500ms or 2m"
    }
    return (headers ?? []).lazy.compactMap(HeaderOptions.faultOfStored).first
  }

  /// The surroundings in which the environment says what the context does. What says where a server is and who calls
  /// is taken from the context whole: half of it from elsewhere could send one server's secrets to another.
  func applied(to surroundings: Surroundings) -> Surroundings {
    var applied = surroundings
    let whole: KeyValuePairs<String, String?> = [
      "PASARELA_TARGET": target, "PASARELA_INSECURE": plaintext == true ? "1" : nil,
      "PASARELA_TLS_CA": tlsCa, "PASARELA_TLS_CERT": tlsCert, "PASARELA_TLS_KEY": tlsKey,
      "PASARELA_TLS_SERVER_NAME": tlsServerName, "PASARELA_AS": identity,
    ]
    for (name, value) in whole { applied.environment[name] = value }
    let defaults: KeyValuePairs<String, String?> = [
      "PASARELA_PURPOSE": purpose, "PASARELA_END_USER": endUser, "PASARELA_TIMEOUT": timeout,
    ]
    for (name, value) in defaults { if let value { applied.environment[name] = value } }
    applied.headers = headers ?? []
    return applied
  }
}

/// A member's name, whatever it is.
struct UnknownMember: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }

  /// - Throws: `DecodingError` that names a member that is not known
  static func refuse(in decoder: any Decoder, _ isKnown: (String) -> Bool) throws {
    let members = try decoder.container(keyedBy: Self.self)
    for key in members.allKeys where !isKnown(key.stringValue) {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: members, debugDescription: "'\(key.stringValue)' is not known here")
    }
  }
}
