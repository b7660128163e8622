import Domain

extension Aggregate {
  /// Refuses a request made for another version of this resource than the present one (AIP-154).
  func requireEtag(_ text: String) throws(Refusal) {
    guard text == etag.text else { throw Refusal(.etagMismatch) }
  }
}
