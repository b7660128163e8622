import Domain
import Foundation
import Protobuf
import SafeMobilityAPI
import StoreSamples

/// Requests that are right in every field, for trials that then break one.
enum Requests {
  /// A new, valid `request_id`.
  static func id() -> String { UUID().uuidString.lowercased() }

  /// `offices/{office}/schedules/{schedule}/slots/{slot}`.
  static func name(of slot: Slot) -> String {
    let schedule = slot.schedule.map { String($0.rawValue.split(separator: "/").last ?? "-") }
    return "offices/\(slot.service.office)/schedules/\(schedule ?? "-")/slots/\(slot.id)"
  }

  /// `registrations/{registration}`.
  static func name(of household: StoredHousehold) -> String {
    "registrations/\(household.registration.id)"
  }

  /// `registrations/{registration}/persons/{person}`.
  static func principal(of household: StoredHousehold) -> String {
    "\(name(of: household))/persons/\(household.registration.principal)"
  }

  /// A draft of a household: a principal and so many children.
  static func registration(memberCount: Int) -> SafeMobility.CreateRegistrationRequest {
    .with {
      $0.registration = .with {
        $0.program = "programs/gt-pilot-2023"
        $0.hostRegionCode = "GT"
        $0.channel = .contactCentre
        $0.homeRegionCode = "GT"
        $0.subdivisionCode = "GT-09"
        $0.languageCode = "es-GT"
      }
      $0.principal = person("Marta Xol Caal", year: 1990)
      $0.members = (0..<memberCount).map { index in
        .with {
          $0.person = person("Ana Xol \(index)", year: 2012)
          $0.relationship = .child
        }
      }
      $0.requestId = id()
    }
  }

  /// A person with a full birth date.
  static func person(_ name: String, year: Int32) -> SafeMobility.Person {
    .with {
      $0.fullName = name
      $0.nameSystem = .twoSurnames
      $0.birthDate = .with {
        $0.year = year
        $0.month = 2
        $0.day = 28
      }
      $0.birthDatePrecision = .day
      $0.nationalityCodes = ["GT"]
    }
  }
}
