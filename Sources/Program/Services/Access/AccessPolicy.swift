import AuditProof
import Domain
import Protobuf
import SafeMobilityAPI

/// The policy that this build enforces, as data: who may call what, what kind of data each field is,
/// and who gets which kinds by a referral.
///
/// It is read from the same rules that calls are judged by, so that it cannot say anything else.
public struct AccessPolicy: Sendable {
  /// One unambiguous row of bytes for it, whose SHA-256 answers and the log name; see ``Domain/CanonicalBytes``.
  public let canonicalBytes: [UInt8]
  /// SHA-256 of the same.
  let digest: Digest
  /// The version of the programme's policy, and the beginning of the digest: the log names it in every
  /// entry, and another policy has another name whether or not somebody thought of giving it one.
  let version: String

  private static let form = "pasarela-policy-v1"
  /// How many hexadecimal digits of the digest a version has.
  private static let digitCount = 16

  /// The policy of this build.
  ///
  /// - Throws: when the compiled schema lacks an annotation, which is a defect of the build.
  public init() throws { try self.init(methods: nil) }

  /// - Throws: ``SchemaDefect`` when the compiled schema lacks an annotation
  init(
    methods: MethodRules? = nil, fields: FieldRules? = nil,
    profiles: [ReleaseProfile] = ReferenceData.releaseProfiles
  ) throws {
    var bytes = CanonicalBytes()
    bytes.append(Self.form)
    bytes.append(ReferenceData.policyVersion)
    Self.append(try methods ?? MethodRules(), to: &bytes)
    Self.append(try fields ?? FieldRules(), to: &bytes)
    Self.append(profiles, to: &bytes)
    canonicalBytes = bytes.bytes
    digest = Hash.sha256(bytes.bytes)
    version = "\(ReferenceData.policyVersion)-\("\(digest)".prefix(Self.digitCount))"
  }

  private static func append(_ methods: MethodRules, to bytes: inout CanonicalBytes) {
    bytes.append(Int64(methods.names.count))
    for name in methods.names {
      guard let rule = methods[name] else { continue }
      bytes.append(name)
      for codes in [
        rule.roles.map(\.rawValue), rule.approverRoles.map(\.rawValue),
        rule.purposes.map(\.rawValue),
      ] { append(codes.sorted(), to: &bytes) }
      for flag in [rule.isAnonymous, rule.disclosesPersonalData, rule.isChange] {
        bytes.append(Int64(flag ? 1 : 0))
      }
    }
  }

  private static func append(_ fields: FieldRules, to bytes: inout CanonicalBytes) {
    let messages = SafeMobility.fileDescriptors.flatMap { $0.messages.map { $0.descriptor } }
      .sorted { $0.fullName < $1.fullName }
    bytes.append(Int64(messages.count))
    for message in messages {
      let rules = fields[message] ?? []
      bytes.append(message.fullName)
      bytes.append(Int64(rules.count))
      for rule in rules {
        bytes.append(rule.field.name)
        bytes.append(Int64(rule.dataClass?.rawValue ?? 0))
      }
    }
  }

  private static func append(_ profiles: [ReleaseProfile], to bytes: inout CanonicalBytes) {
    bytes.append(Int64(profiles.count))
    for profile in profiles.sorted(by: { $0.name < $1.name }) {
      bytes.append(profile.name)
      bytes.append(profile.partner.rawValue)
      bytes.append(Int64(profile.purpose.rawValue))
      bytes.append(Int64(profile.classes.rawValue))
      append(profile.registrationStates.map(\.rawValue).sorted(), to: &bytes)
      append(profile.referralStates.map(\.rawValue).sorted(), to: &bytes)
    }
  }

  private static func append(_ codes: [Int], to bytes: inout CanonicalBytes) {
    bytes.append(Int64(codes.count))
    for code in codes { bytes.append(Int64(code)) }
  }
}
