import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Testing

@testable import Services

/// Which part of the matrix of records a method is in: every method of the schema is in exactly one.
enum MethodPart: Hashable, CaseIterable {
  /// Everybody may call it; its answers hold no personal data.
  case open
  /// Its request names a record that is somebody's.
  case record
  /// It lists such records.
  case list
  /// It streams their changes.
  case watch
  /// It names an entry of the log.
  case entry
  /// It changes an office, or what is an office's.
  case office
  /// It is none of these, for the reason that ``exceptions`` gives.
  case exception

  /// What is left: methods without a record that could be one's own or another's, and those of which other tests say it.
  static let exceptions: [String: String] = [
    "ApplicantService/CreateRegistration": "there is no record yet; the new one is its maker's",
    "ApplicantService/CheckPresence": "it tells of no record, by digests; PresenceTests",
    "AuditService/ListEntries": "entries name nobody, and who oversees sees all",
    "AuditService/StreamEntries": "entries name nobody, and who oversees sees all",
    "OfficeService/CreateOffice": "there is no office yet; NarrowReachTests, OfficeDeskTests",
    "OfficeService/GetSchedule": "schedules are nobody's secret among the offices' staff",
    "OfficeService/ListSchedules": "schedules are nobody's secret among the offices' staff",
    "OfficeService/WatchSlots": "slots are public; it streams what ListSlots lists",
    "PartnerService/GetPartner":
      "everybody may know of partners; PartnerDeskTests says who sees what",
    "PartnerService/ListPartners":
      "everybody may know of partners; PartnerDeskTests says who sees what",
    "PartnerService/RegisterKey": "it is of the caller's partner, not of a case; PartnerKeyTests",
    "PartnerService/RotateKey": "it is of the caller's partner, not of a case; KeyRotationTests",
    "PartnerService/GetPolicy": "it is of the caller's partner, not of a case; PolicyTests",
    "PartnerService/ExplainAccess": "it touches no record; ExplainAccessTests",
    "ProgramService/UpdateProgram": "there is one programme, and its administrators",
    "ProgramService/StartPilot": "there is one programme; TwoPersonMatrixTests",
    "ProgramService/ExtendProgram": "there is one programme; TwoPersonMatrixTests",
    "ProgramService/CreateIntakeWindow": "there is one programme, and its administrators",
    "ProgramService/OpenIntakeWindow": "there is one programme, and its administrators",
    "ProgramService/PauseIntakeWindow": "there is one programme, and its administrators",
    "ProgramService/CloseIntakeWindow": "there is one programme, and its administrators",
    "ReferralService/CheckCapacity": "it is about a partner and a pathway, not about a case",
    "ReportService/GetPilotReport": "figures are of all cases together",
    "ReportService/ListReportReleases": "figures are of all cases together",
  ]

  /// The patterns of records that are somebody's.
  private static let personal = [
    "registrations/", "appointments/", "holds/", "waitlistEntries/", "referrals/",
    "duplicateCandidates/",
  ]

  /// Whether a field names such a record.
  static func isPersonal(_ rule: FieldRule) -> Bool {
    rule.format == .receipt || names(rule, personal)
  }

  private static func names(_ rule: FieldRule, _ patterns: [String]) -> Bool {
    rule.resources.contains { pattern in
      let text = pattern.joined(separator: "/")
      return patterns.contains { text.hasPrefix($0) }
    }
  }

  /// Read once: the matrix asks for every cell.
  private static let rules = try? FieldRules()

  init(_ method: DescribedMethod) {
    guard let rules = Self.rules, !method.isAnonymous else {
      self = .open
      return
    }
    let named = method.namingRules(rules)
    self =
      if method.isStreaming, method.isPersonal {
        .watch
      } else if named.contains(where: Self.isPersonal) {
        .record
      } else if method.listed(rules).map(Self.isPersonal) == true {
        .list
      } else if named.contains(where: { Self.names($0, ["auditLogs/*/entries/"]) }) {
        .entry
      } else if method.isChange, named.contains(where: { Self.names($0, ["offices/"]) }) {
        .office
      } else {
        .exception
      }
  }
}

extension DescribedMethod {
  private static let pool = DescriptorPool(SafeMobility.fileDescriptors)

  private var verb: Substring { name.split(separator: "/").last ?? "" }

  /// The type of its requests, by the rule of their names.
  var input: any Message.Type {
    get throws { try #require(Self.pool.message(named: "safemobility.v1.\(verb)Request")) }
  }

  /// The type of its answers, by the same rule.
  var output: any Message.Type {
    get throws { try #require(Self.pool.message(named: "safemobility.v1.\(verb)Response")) }
  }

  /// The rules of the fields by which a request says what it is about: those that it must have, and of a change of
  /// fields the name of what is changed.
  fileprivate func namingRules(_ rules: FieldRules) -> [FieldRule] {
    guard let type = try? input else { return [] }
    let isUpdate = type.descriptor.fields.contains { $0.name == "update_mask" }
    func required(_ message: MessageDescriptor) -> [FieldRule] {
      (rules[message] ?? []).filter(\.isRequired).flatMap { rule -> [FieldRule] in
        guard let inner = rule.field.type.messageDescriptor else { return [rule] }
        let name = (rules[inner] ?? []).filter { isUpdate && $0.field.name == "name" }
        return [rule] + name + required(inner)
      }
    }
    return required(type.descriptor)
  }

  /// The rule of the name of the items of its answers' list; nil where there is none.
  func listed(_ rules: FieldRules) -> FieldRule? {
    guard let fields = try? output.descriptor.fields else { return nil }
    return fields.lazy.filter(\.isRepeated).compactMap(\.type.messageDescriptor)
      .compactMap { rules[$0]?.first { $0.field.name == "name" } }.first
  }
}
