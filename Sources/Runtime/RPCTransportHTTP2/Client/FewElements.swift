/// A list that has one element most of the time, which then costs no allocation.
struct FewElements<Element>: RandomAccessCollection {
  private var first: Element?
  private var others: [Element] = []

  var startIndex: Int { 0 }
  var endIndex: Int { first == nil ? 0 : 1 + others.count }

  subscript(index: Int) -> Element {
    if index == 0, let first { return first }
    return others[index - 1]
  }

  mutating func append(_ element: Element) {
    if first == nil { first = element } else { others.append(element) }
  }

  mutating func removeFirst(_ count: Int) {
    if count == 0 { return }
    let left = others.dropFirst(count - 1)
    first = left.first
    others = left.isEmpty ? [] : Array(left.dropFirst())
  }
}
