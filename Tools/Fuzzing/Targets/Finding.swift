/// A law that did not hold for an input.
package struct Finding: Error, Hashable, CustomStringConvertible {
  package var description: String

  init(_ description: String) { self.description = description }

  /// Throws unless the law holds.
  static func unless(
    _ holds: Bool, _ description: @autoclosure () -> String
  ) throws(Finding) {
    if !holds { throw Finding(description()) }
  }
}
