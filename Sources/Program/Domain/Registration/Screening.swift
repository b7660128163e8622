/// Why a registration was screened out, and what advice it got.
public struct ScreeningResult: Hashable, Sendable, Codable {
  /// Why.
  public var reason: ScreenOutReason
  /// The advice given, one or more.
  public var advice: [LocalAdvice]
  /// When.
  public var recordTime: Instant

  /// Every field as given; nothing is checked here.
  public init(reason: ScreenOutReason, advice: [LocalAdvice], recordTime: Instant) {
    self.reason = reason
    self.advice = advice
    self.recordTime = recordTime
  }
}

/// Why a registration is screened out.
public enum ScreenOutReason: Int, CaseIterable, Codable, Sendable {
  case notInScope = 1
  case identityNotShown = 2
  case presenceNotShown = 3
  case noResponse = 4
  case duplicate = 5
  case falseStatement = 6
}

/// Advice on services where the household is.
public enum LocalAdvice: Int, CaseIterable, Codable, Sendable {
  case regularisation = 1
  case asylum = 2
  case livelihood = 3
  case protectionService = 4
  case legalAid = 5
  case otherPathway = 6
}

/// What a screener can ask for.
public enum InfoItem: Int, CaseIterable, Codable, Sendable {
  case identityDocument = 1
  case photo = 2
  case household = 3
  case birthDate = 4
  case presence = 5
  case hostStatus = 6
  case contact = 7
  case guardianship = 8
}
