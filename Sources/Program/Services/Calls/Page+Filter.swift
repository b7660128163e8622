import Storage

extension Page {
  /// The items that pass a test, up to `limit`, read page by page from a list that knows no such
  /// test.
  ///
  /// - Parameters:
  ///   - key: where to begin; nil for the start
  ///   - next: the page after a key
  ///   - keyOf: the key of an item
  init<Key>(
    limit: Int, after key: Key?, next: (Key?) throws -> Page, keyOf: (Element) -> Key,
    where passes: (Element) throws -> Bool
  ) throws {
    var found: [Element] = []
    var key = key
    while true {
      let page = try next(key)
      for item in page.items where try passes(item) {
        found.append(item)
        if found.count > limit { break }
      }
      guard page.hasMore, found.count <= limit, let last = page.items.last else { break }
      key = keyOf(last)
    }
    self.init(found: found, limit: limit)
  }
}
