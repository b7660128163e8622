import Domain
import Protobuf
import SafeMobilityAPI
import Storage

extension DeskWork {
  /// A referral as the contract has it, with its decisions.
  func message(for referral: Referral) throws -> SafeMobility.Referral {
    var message = SafeMobility.Referral(referral)
    let decisions = try reader.decisions(of: referral.id)
    message.decisions = decisions.map { .init($0, among: decisions) }
    return message
  }
}

extension SafeMobility.Referral {
  /// The referral, without decisions.
  init(_ referral: Referral) {
    self.init()
    name = referral.id.name
    uid = referral.id.rawValue
    createTime = .init(referral.revision.createTime)
    updateTime = .init(referral.revision.updateTime)
    etag = referral.etag.text
    state = .init(referral.state)
    registration = referral.registration.name
    persons = referral.persons.map { PersonName(referral.registration, $0).text }
    pathway = referral.pathway.name
    destinationRegionCode = referral.destination.rawValue
    fromPartner = referral.from.name
    toPartner = referral.to.name
    purpose = .init(referral.purpose)
    consents = referral.consents.map { "\(referral.registration.name)/consents/\($0)" }
    release = referral.release.map { .init($0) }
    earlierReleases = (referral.earlierReleases ?? []).map { .init($0) }
    priority = .init(referral.priority)
    dueTime = referral.dueTime.map { .init($0) }
    overdue = referral.isOverdue
    partnerCaseRef = referral.partnerCaseReference ?? ""
    reason = .init(referral.reason)
  }
}

extension SafeMobility.Release {
  init(_ release: Release) {
    self.init()
    profile = release.profile
    version = Int32(release.version)
    fields = release.fields.map { field in
      .with {
        $0.path = field.path
        $0.valueSha256 = field.digest.bytes
      }
    }
    releaseSha256 = release.digest.bytes
    releaseTime = .init(release.releaseTime)
    receipt = release.receipt.map { receipt in
      .with {
        $0.key = .init(receipt.key)
        $0.signature = receipt.signature
        $0.receiveTime = .init(receipt.receiveTime)
      }
    }
  }
}

extension Decision {
  /// Its resource name.
  var name: String { "\(referral.name)/decisions/\(number)" }
}

extension SafeMobility.Decision {
  /// A decision; one that it supersedes is named if it is among those given.
  init(_ decision: Decision, among others: [Decision]) {
    self.init()
    name = decision.name
    uid = decision.id.rawValue
    createTime = .init(decision.createTime)
    updateTime = .init(decision.createTime)
    etag = decision.etag.text
    authority = decision.authority.name
    kind = .init(decision.kind)
    decisionDate = .init(decision.date)
    validFromDate = decision.validFrom.map { .init($0) }
    validUntilDate = decision.validUntil.map { .init($0) }
    reason = .init(decision.reason)
    supersedes = others.first { $0.id == decision.supersedes }?.name ?? ""
  }
}

extension SafeMobility.Pathway {
  init(_ pathway: Pathway) {
    self.init()
    name = pathway.id.name
    code = pathway.id.rawValue
    regionCode = pathway.region.rawValue
    authorities = pathway.authorities.map(\.name)
    initiator = .init(pathway.initiator)
    exclusiveGroup = pathway.exclusiveGroup ?? ""
    protection = pathway.isProtection
    requiredConsents = pathway.authorities.map { authority in
      .with {
        $0.recipient = authority.name
        $0.purpose = .init(pathway.purpose)
      }
    }
    profile = pathway.profile ?? ""
    displayNames = [
      .with {
        $0.languageCode = "en"
        $0.text = pathway.displayName
      }
    ]
  }
}
