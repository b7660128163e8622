public import Domain

public protocol StoreReader {}
public protocol StoreTransaction: StoreReader { var now: Instant { get } }
