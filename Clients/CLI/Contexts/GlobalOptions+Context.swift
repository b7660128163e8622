import ArgumentParser

extension GlobalOptions {
  /// The surroundings with what the context in use says; as they are when none is.
  ///
  /// A context is used when `--ctx` names it; or, where the command line does not say which server, when
  /// PASARELA_CONTEXT does; or, where PASARELA_TARGET does not either, as the current one.
  ///
  /// - Throws: ``CommandFailure`` when it is needed and cannot be had
  func inContext(_ surroundings: Surroundings) throws(CommandFailure) -> Surroundings {
    guard let found = try context(in: surroundings) else { return surroundings }
    if let fault = found.context.fault {
      throw CommandFailure(
        Plain.line(
          """
          the context \(found.name) cannot be used: \(fault)
          Next: correct it: pasarela ctx set \(Repetition.quoted(found.name)) …
          """))
    }
    return found.context.applied(to: surroundings)
  }

  /// The context in use, and its name.
  func context(
    in surroundings: Surroundings
  ) throws(CommandFailure) -> (name: String, context: SavedContext)? {
    let named = target == nil ? surroundings.variable("PASARELA_CONTEXT") : nil
    let isOpen = target == nil && surroundings.variable("PASARELA_TARGET") == nil
    guard ctx != nil || named != nil || isOpen else { return nil }
    guard let file = ContextFile(of: surroundings) else {
      guard let name = ctx ?? named else { return nil }
      throw CommandFailure("there is no file with a context \(name): set HOME or PASARELA_CONFIG")
    }
    let saved = try file.read()
    guard let name = ctx ?? named ?? saved.current else { return nil }
    return (name, try saved.named(name, in: file))
  }
}

extension SavedContexts {
  /// - Throws: ``CommandFailure`` when there is none of that name
  func named(_ name: String, in file: ContextFile) throws(CommandFailure) -> SavedContext {
    guard let context = contexts[name] else {
      let names = contexts.keys.sorted().joined(separator: ", ")
      throw CommandFailure(
        Plain.line(
          """
          there is no context \(name) in \(file.path)
          Next: \(names.isEmpty ? "make one: pasarela ctx set NAME --target HOST:PORT" : "there are: \(names)")
          """))
    }
    return context
  }
}
