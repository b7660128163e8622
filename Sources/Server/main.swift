await Launch.run(Array(CommandLine.arguments.dropFirst()))
