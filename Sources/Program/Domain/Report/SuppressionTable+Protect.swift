extension SuppressionTable {
  /// Hides the small counts, and as many others as it takes that no hidden one can be told.
  ///
  /// - Returns: whether that is so now; if not, everything that is open must be hidden
  mutating func protect() -> Bool {
    for place in places where self[place].isOpen && (1..<threshold).contains(self[place].value) {
      self[place].isHidden = true
    }
    while true {
      if let line = lines.first(where: isWeak) {
        guard hideMore(of: line) else { return false }
      } else if let place = places.first(where: isCertain) {
        guard hideMore(around: place) else { return false }
      } else {
        return true
      }
    }
  }

  /// Whether the sum of a line gives something away.
  private func isWeak(_ line: Line) -> Bool {
    let places = places(of: line)
    let hidden = places.filter { self[$0].isHidden }
    guard let total = places.last, !hidden.isEmpty else { return false }
    if hidden.count == 1 { return true }
    // Without the total nobody knows what the hidden ones are together.
    guard !self[total].isHidden else { return false }
    return hidden.reduce(0) { $0 + self[$1].value } < threshold
  }

  /// Whether a hidden cell cannot have any other value.
  private func isCertain(_ place: Place) -> Bool {
    let cell = self[place]
    guard cell.isHidden, cell.low != .min else { return false }
    return !canChange(place)
  }

  /// Hides one more of a line: the smallest count, which is missed least; then the zeros, all at
  /// once; the total last.
  private mutating func hideMore(of line: Line) -> Bool {
    let places = places(of: line)
    return hideSmallest(of: places.dropLast()) || hideZeros(of: places.dropLast())
      || hideSmallest(of: places.suffix(1)) || hideZeros(of: places.suffix(1))
  }

  private mutating func hideMore(around place: Place) -> Bool {
    let near = places(of: .row(place.row)) + places(of: .column(place.column))
    return hideSmallest(of: near[...]) || hideZeros(of: near[...])
      || hideSmallest(of: places[...]) || hideZeros(of: places[...])
  }

  /// Hides one that breaks open as few other lines as can be; of those the smallest.
  private mutating func hideSmallest(of places: ArraySlice<Place>) -> Bool {
    let shown = places.filter { self[$0].isOpen && !self[$0].isHidden && self[$0].value > 0 }
    let place = shown.min {
      (wholeLineCount($0), self[$0].value) < (wholeLineCount($1), self[$1].value)
    }
    guard let place else { return false }
    self[place].isHidden = true
    return true
  }

  /// How many of a place's lines have nothing hidden yet.
  private func wholeLineCount(_ place: Place) -> Int {
    let lines: [Line] =
      hasColumnTotals ? [.row(place.row), .column(place.column)] : [.row(place.row)]
    return lines.count { line in !self.places(of: line).contains { self[$0].isHidden } }
  }

  private mutating func hideZeros(of places: ArraySlice<Place>) -> Bool {
    let zeros = places.filter { self[$0].isOpen && !self[$0].isHidden && self[$0].value == 0 }
    for zero in zeros { self[zero].isHidden = true }
    return !zeros.isEmpty
  }

  /// Hides everything that is still ours to hide.
  mutating func hideAll() {
    for place in places where self[place].isOpen { self[place].isHidden = true }
  }
}
