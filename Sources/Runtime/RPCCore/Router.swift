/// Finds the handler for a path.
///
/// Made once, before the server listens; then only read, by every event loop. A lookup takes the path
/// as it came out of HPACK and allocates nothing.
public struct Router: Sendable {
  private let routes: [Route]
  // Open addressing over indexes into `routes`, -1 where empty. At most half full, so that a probe
  // for a path nobody registered ends soon.
  private let slots: [Int32]
  /// Answers calls of methods that nobody registered; nil for UNIMPLEMENTED.
  public let unknownMethod: MethodHandler.Streaming?

  /// Collects the methods of `services`, each wrapped in `interceptors`, the first outermost.
  ///
  /// - Parameters:
  ///   - services: what is offered
  ///   - interceptors: stand before every method that they apply to
  ///   - unknownMethod: answers what no service has, with the bytes of the messages as they are; for
  ///     proxies. Interceptors do not stand before it.
  /// - Precondition: no two methods have the same path.
  public init(
    services: [any RPCService], interceptors: [any ServerInterceptor] = [],
    unknownMethod: MethodHandler.Streaming? = nil
  ) {
    self.init(
      handlers: services.flatMap { $0.methods() }.map { $0.wrapped(in: interceptors) },
      unknownMethod: unknownMethod)
  }

  /// The same router with more services, behind interceptors of their own.
  ///
  /// - Precondition: no two methods have the same path.
  public func adding(
    services: [any RPCService], interceptors: [any ServerInterceptor] = []
  ) -> Router {
    Router(
      handlers: routes.map(\.handler)
        + services.flatMap { $0.methods() }.map { $0.wrapped(in: interceptors) },
      unknownMethod: unknownMethod)
  }

  /// The methods offered, in the order of their registration.
  public var methods: [MethodDescriptor] { routes.map(\.handler.descriptor) }

  private init(handlers: [MethodHandler], unknownMethod: MethodHandler.Streaming?) {
    var routes: [Route] = []
    var slots = [Int32](repeating: -1, count: Self.slotCount(forRouteCount: handlers.count))
    for handler in handlers {
      let path = Array(handler.descriptor.path.utf8)
      var slot = Self.firstSlot(of: path.span, slotCount: slots.count)
      while slots[slot] >= 0 {
        precondition(
          routes[Int(slots[slot])].path != path, "\(handler.descriptor.path) is registered twice")
        slot = (slot + 1) & (slots.count - 1)
      }
      slots[slot] = Int32(routes.count)
      routes.append(Route(path: path, handler: handler))
    }
    self.routes = routes
    self.slots = slots
    self.unknownMethod = unknownMethod
  }

  /// The handler registered under exactly these bytes, "/pkg.Service/Method", or nil.
  ///
  /// Case matters and nothing is normalised: what does not match to the byte is not the method.
  public func handler(forPath path: Span<UInt8>) -> MethodHandler? {
    var slot = Self.firstSlot(of: path, slotCount: slots.count)
    while slots[slot] >= 0 {
      let route = routes[Int(slots[slot])]
      let routePath = route.path
      if path.equals(routePath.span) { return route.handler }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// The handler registered under this path, or nil.
  public func handler(forPath path: String) -> MethodHandler? {
    let bytes = Array(path.utf8)
    return handler(forPath: bytes.span)
  }

  /// A power of two, at least twice the routes and at least two.
  private static func slotCount(forRouteCount count: Int) -> Int {
    var slotCount = 2
    while slotCount < count * 2 { slotCount *= 2 }
    return slotCount
  }

  /// A multiplication for every eight bytes. The table is fixed before the first stranger speaks, so
  /// a hash that can be predicted costs at most one run through a cluster.
  private static func firstSlot(of path: Span<UInt8>, slotCount: Int) -> Int {
    let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15
    var hash = UInt64(path.count)
    unsafe path.withUnsafeBytes { bytes in
      var offset = 0
      // SAFETY: a load of eight bytes begins only where eight are left.
      while offset + 8 <= bytes.count {
        let word = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        hash = (hash ^ word) &* multiplier
        hash ^= hash >> 32
        offset += 8
      }
      while offset < bytes.count {
        hash = (hash ^ UInt64(unsafe bytes[offset])) &* multiplier
        offset += 1
      }
    }
    return Int(truncatingIfNeeded: hash ^ (hash >> 32)) & (slotCount - 1)
  }

  private final class Route: Sendable {
    let path: [UInt8]
    let handler: MethodHandler

    init(path: [UInt8], handler: MethodHandler) {
      self.path = path
      self.handler = handler
    }
  }
}
