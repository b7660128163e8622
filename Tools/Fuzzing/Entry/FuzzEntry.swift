internal import FuzzTargets
internal import Glibc

/// The target that this process fuzzes, by the environment's word.
private let target: FuzzTarget = {
  // SAFETY: `getenv` answers with text that ends in a zero; nobody changes the environment.
  let name = unsafe getenv("PASARELA_FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
  guard let target = FuzzTarget(rawValue: name) else {
    let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: " ")
    print("fuzz: PASARELA_FUZZ_TARGET is none of: \(names)")
    exit(2)
  }
  return target
}()

/// What libFuzzer calls for every input.
///
/// SAFETY: libFuzzer lends `byteCount` bytes for the length of the call; they are copied at once, so that
/// a read past their end is one past a block of the heap, which AddressSanitizer sees.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafePointer<UInt8>?, _ byteCount: Int) -> CInt {
  let bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: byteCount))
  do throws(Finding) {
    try target.run(bytes)
  } catch {
    // libFuzzer keeps the input of a process that traps; that is how it is told of a finding.
    preconditionFailure("finding: \(error)")
  }
  return 0
}
