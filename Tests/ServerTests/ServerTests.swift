import Testing

@Suite("pasarela-server") struct ServerTests {}
