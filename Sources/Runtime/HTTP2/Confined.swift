/// Mutable state of an object that one thread owns, without the dynamic exclusivity checks that
/// a class's own stored properties pay for on each access.
///
/// They cost about a tenth of a small call here. What they would find, a callback that changes what is
/// being changed, is ruled out by the session's own rule: callbacks run inside `receive` and `drain`
/// only, and both hold no access to this state while they call into libnghttp2.
@safe
package struct Confined<Value: ~Copyable>: ~Copyable {
  // SAFETY: allocated and initialized in `init`, owned here alone, given back in `deinit`.
  private let pointer: UnsafeMutablePointer<Value>

  package init(_ value: consuming Value) {
    unsafe pointer = .allocate(capacity: 1)
    unsafe pointer.initialize(to: value)
  }

  deinit {
    unsafe pointer.deinitialize(count: 1)
    unsafe pointer.deallocate()
  }

  /// Where the state is, for the property that shows it.
  ///
  /// By address, not by a yielding accessor: what is read through two of those, one in the other, is read
  /// after their end in unoptimised code (Swift 6.3), from memory that is given back.
  @unsafe package var address: UnsafeMutablePointer<Value> { unsafe pointer }
}
