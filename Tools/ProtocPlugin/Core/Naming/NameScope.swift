/// The names taken in one Swift scope. Whoever comes later gets underscores until it is unique.
struct NameScope {
  private var taken: Set<String>
  private let reserved: Set<String>

  init(reserved: Set<String>) {
    self.reserved = reserved
    taken = []
  }

  /// The wanted name, or the nearest free one.
  mutating func claim(_ wanted: String) -> String {
    var name = wanted
    while reserved.contains(name) || taken.contains(name) { name += "_" }
    taken.insert(name)
    return name
  }
}
