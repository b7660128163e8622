extension ReferenceData {
  /// Offices for demonstrations: SAMPLE, not real sites. Addresses are not given, locodes not set
  /// until checked.
  public static func sampleOffices(
    at now: Instant, using random: inout some RandomNumberGenerator
  ) -> [Office] {
    officeRows.map { row in
      Office(
        id: OfficeID(checked: row.id), uid: ResourceUID(using: &random), program: pilotID,
        organisation: .iom, displayName: "\(row.town) (SAMPLE)", region: .guatemala,
        subdivision: row.department, zone: .guatemala, isConfirmed: true,
        addressLines: ["SAMPLE, \(row.town)"], accessibility: [.stepFree],
        languages: row.languages.compactMap { LanguageTag(rawValue: $0) },
        verificationCode: Receipt(using: &random).rawValue, revision: Revision(createdAt: now))
    }
  }

  /// What the sample offices offer: pre-screening, interview and counselling, for households of up
  /// to eight, bookable in the states that lead there.
  public static func sampleServices(
    of office: OfficeID, at now: Instant, using random: inout some RandomNumberGenerator
  ) -> [ServiceOffer] {
    serviceRows.compactMap { row in
      guard let id = ServiceOfferID(office: office, code: row.code) else { return nil }
      return ServiceOffer(
        id: id, uid: ResourceUID(using: &random), kind: row.kind,
        displayNames: [LocalizedText(language: .fallback, text: row.name)], mode: .inPerson,
        durationMinutes: row.minutes, documents: [.dpi, .passport, .birthCertificate],
        partyCountMax: 8, leadTimeMinutes: 60, bookableStates: row.states,
        revision: Revision(createdAt: now))
    }
  }

  private static let officeRows:
    [(id: String, town: String, department: String, languages: [String])] =
      [
        ("gt-gua-01", "Ciudad de Guatemala", "GT-01", ["es-GT", "en", "quc", "kek"]),
        ("gt-xel-01", "Quetzaltenango", "GT-09", ["es-GT", "quc", "mam"]),
        ("gt-smr-01", "San Marcos", "GT-12", ["es-GT", "mam"]),
        ("gt-hue-01", "Huehuetenango", "GT-13", ["es-GT", "mam", "kjb"]),
        ("gt-izb-01", "Puerto Barrios", "GT-18", ["es-GT", "kek", "ht", "en"]),
        ("gt-chq-01", "Chiquimula", "GT-20", ["es-GT"]),
      ]

  private static let serviceRows:
    [(code: String, kind: ServiceKind, name: String, minutes: Int, states: [RegistrationState])] = [
      ("pre-screen", .preScreen, "Preevaluación", 30, [.submitted, .screening]),
      ("interview", .interview, "Entrevista", 60, [.invited]),
      (
        "counselling", .counselling, "Asesoría", 30,
        [.screening, .invited, .interviewed, .eligible, .notEligible, .referred]
      ),
    ]
}
