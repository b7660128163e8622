public import SafeMobilityAPI

/// What a partner hears in an exchange.
public enum ExchangeEvent: Sendable, Hashable {
  /// All that is open follows. Comes first in an exchange without a token, and again when the token was too old or
  /// what the partner may see has changed: what is not told now is over.
  case begins
  /// A referral to look at. Store it, then say ``PartnerExchange/acknowledge(_:)``.
  case work(SafeMobility.ExchangeWork)
  /// All that was acknowledged lies before this token, and nothing else: keep it for the next exchange.
  case stored(resumeToken: String)
}
