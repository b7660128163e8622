import Domain
import Protobuf
import SafeMobilityAPI
import Storage

extension DeskWork {
  /// A partner as the contract has it; how it proves itself and how much it takes only to itself and
  /// to administrators, how much of that is used to itself alone.
  func message(for partner: Partner) throws -> SafeMobility.Partner {
    let caller = trail.caller
    let seesAll = caller.partner == partner.id || caller.role == .programAdmin
    return try .with {
      $0.name = partner.id.name
      $0.uid = partner.uid.rawValue
      $0.createTime = .init(partner.revision.createTime)
      $0.updateTime = .init(partner.revision.updateTime)
      $0.etag = partner.etag.text
      $0.displayName = partner.displayName
      $0.kind = .init(partner.kind)
      $0.agencies = partner.agencies.map { agency in
        .with {
          $0.id = agency.id
          $0.displayName = agency.displayName
        }
      }
      $0.purposes = partner.purposes.map { .init($0) }
      $0.cosigner = partner.isCosigner
      guard seesAll else { return }
      $0.identities = partner.identities
      $0.keys = partner.keys.map { .init($0) }
      $0.capacities = try partner.capacities.map { capacity in
        try .with {
          $0.pathway = capacity.pathway.name
          $0.maxLive = Int32(capacity.liveCountMax)
          // How many cases of protection there are is for nobody else, down to the single one.
          guard caller.partner == partner.id else { return }
          $0.live = Int32(try reader.liveReferralCount(to: partner.id, on: capacity.pathway))
        }
      }
    }
  }
}

extension SafeMobility.PartnerKey {
  /// A key as the contract has it.
  init(_ key: PartnerKey) {
    self.init()
    id = key.id
    algorithm = .init(key.algorithm)
    publicKey = key.publicKey
    startTime = .init(key.startTime)
    endTime = key.endTime.map { .init($0) }
  }
}
