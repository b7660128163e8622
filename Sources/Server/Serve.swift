import ArgumentParser
import Logging
import RPCTransportHTTP2
import ServiceLifecycle
import Services
import StorageSQL

/// `pasarela-server serve`, what the program does when no command is named.
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Serves calls until it is told to end.")

  @OptionGroup var listening: ListenOptions
  @OptionGroup var options: StoreOptions
  @OptionGroup var observing: ObservationOptions
  @OptionGroup var operating: OperationOptions
  @OptionGroup var granting: LimitOptions

  @Option(
    help: ArgumentHelp(
      "How long calls may go on once the server was told to end.", valueName: "SECONDS"))
  var grace = 30

  @Option(
    help: ArgumentHelp(
      "How often to look for what the clock ends; 0 never does.",
      discussion: """
        At each look, the first as the server starts: windows open and close, offers lapse, \
        appointments become no-shows, referrals become overdue and expire, consents and idle \
        drafts expire, request ids are forgotten. What is over counts as over from its instant \
        on, whenever that is written down.
        """,
      valueName: "SECONDS"))
  var timerInterval = 30

  @Flag(help: "Put reference data and sample offices into the store first, as `load --reference`.")
  var loadReference = false

  func validate() throws {
    guard (0...3_600).contains(grace) else {
      throw ValidationError("--grace must be 0 to 3600 seconds")
    }
    guard (0...3_600).contains(timerInterval) else {
      throw ValidationError("--timer-interval must be 0 to 3600 seconds")
    }
  }

  func run() async throws {
    ThreadCaches.widen()
    let observation = Observation(observing)
    let logger = Logger(label: "pasarela.server")
    let tls = try listening.tls()
    let opened = try options.open()
    let (store, clock) = (opened.store, opened.clock)
    if clock.isRehearsal {
      logger.warning("REHEARSAL: the programme's clock is not the real time; it is \(clock.now)")
    }
    if listening.insecure { logger.warning("PLAINTEXT: callers name themselves, unproven") }
    do {
      if loadReference {
        let count = try await ReferenceLoader(store: store, secrets: opened.secrets).load()
        logger.info("loaded \(count) resources")
      }
      let desk = try Desk(store: store, secrets: opened.secrets)
      let operations = Operations(
        operating,
        programme: ProgrammeServices.router(at: desk, behind: observation.interceptors))
      var configuration = HTTP2Server.Configuration(
        listen: listening.listen.map(\.endpoint), tls: tls)
      configuration.limits = granting.limits
      configuration.shutdownGrace = .seconds(grace)
      configuration.observer = observation.observer(of: operations.router)
      configuration.logger = logger
      let listener = Listener(configuration, operations) { desk.endWatches() }
      try await listener.serve(
        inner: inner(beside: listener, desk, logger) + [
          StoreHealth(
            store: store, health: operations.health, names: operations.healthNames, logger: logger)
        ],
        outer: observation.service.map { [$0] } ?? [])
    } catch {
      try? await store.close()
      throw error as? StartupFailure ?? StartupFailure("cannot serve: \(error)")
    }
    // Everything answered is durable already; this only waits for what is queued.
    try await store.close()
    logger.info("ended")
  }

  /// What runs beside the calls and ends before them.
  private func inner(
    beside listener: Listener, _ desk: Desk, _ logger: Logger
  ) -> [any Service] {
    var services: [any Service] = [Watching(desk: desk, logger: logger)]
    if timerInterval > 0 {
      services.append(Timers(desk: desk, interval: .seconds(timerInterval), logger: logger))
    }
    services.append(Checkpoints(desk: desk, logger: logger))
    if !listening.insecure {
      services.append(
        CertificateReloader(server: listener.server, interval: .seconds(60), logger: logger))
    }
    return services
  }
}
