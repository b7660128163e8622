import Domain

extension Aggregate {
  /// Refuses a request made for another version of this resource than the present one (AIP-154).
  func requireEtag(_ text: String) throws(Refusal) { try etag.require(text) }
}

extension Etag {
  /// Refuses a request made for another version than this one (AIP-154).
  func require(_ text: String) throws(Refusal) {
    guard text == self.text else { throw Refusal(.etagMismatch) }
  }
}
