import Testing

@Suite("Length rule")
struct LengthRuleTests {
  static func function(lines: Int, signature: String = "func long() -> Int") -> String {
    "\(signature) {\n" + String(repeating: "  work()\n", count: lines - 2) + "}\n"
  }

  @Test("a function of 70 lines passes, one of 71 fails", arguments: [(70, 0), (71, 1)])
  func functionLimit(lines: Int, violations: Int) {
    let file = SourceFile("Sources/A.swift", Self.function(lines: lines))
    let found = LengthRule.check(file)
    #expect(found.count == violations)
    #expect(found.allSatisfy { report([$0]).contains("at most 70 lines") })
  }

  @Test(
    "functions are found in every form",
    arguments: [
      "init(_ a: [Int] = [1], b: () -> Void = { })", "deinit", "subscript(_ i: Int) -> Int",
      "static func < (a: A, b: A) -> Bool", "func f<T>(_ t: T) async throws(E) where T: P",
      "init?(text: String)", "func `func`() -> (Int, Int)",
    ])
  func forms(signature: String) {
    let inside = "struct A {\n\(Self.function(lines: 71, signature: signature))}\n"
    let found = LengthRule.check(SourceFile("Sources/A.swift", inside))
    #expect(found.map(\.line) == [2])
  }

  @Test(
    "calls, requirements and prose are no functions",
    arguments: [
      "let a = A.init(1) ", "protocol P { func a(); func b() }; let c = ", "// func a()\nlet a = ",
      "let a = \"func a()\" ", "protocol P {\n init(a: Int)\n @x init(b: Int)\n}\nlet c =",
    ])
  func noFunctions(opening: String) {
    let text = Self.function(lines: 71, signature: opening)
    #expect(LengthRule.check(SourceFile("Sources/A.swift", text)).isEmpty)
  }

  @Test("a brace in a string or a comment closes nothing")
  func braces() {
    let body = "  print(\"} \\(f(\"}\")) }\") // }\n  /* } */ let c = #\"\\\" }\"#\n"
    let text = "func a() {\n\(body)" + String(repeating: "\n", count: 67) + "}\n"
    #expect(FunctionScan.functions(in: CodeOnly.of(text)).map(\.lines) == [71])
  }

  @Test("a file of 400 lines passes, one of 401 fails", arguments: [(400, 0), (401, 1)])
  func fileLimit(lines: Int, violations: Int) {
    let text = String(repeating: "let a = 1\n", count: lines)
    #expect(LengthRule.check(SourceFile("Sources/A.swift", text)).count == violations)
    #expect(LengthRule.check(SourceFile("Tools/a", text)).count == violations)
  }

  @Test("generated files may be long")
  func generated() {
    let text = "// Generated. DO NOT EDIT.\n" + Self.function(lines: 500)
    #expect(LengthRule.check(SourceFile("Sources/A.pb.swift", text)).isEmpty)
  }

  @Test("the ratchet holds a file to its length, and lets go of a short one")
  func ratchet() {
    let text = String(repeating: "\n", count: 450)
    let file = SourceFile("Sources/A.swift", text)
    #expect(LengthRule.check(file, ratchet: [file.path: 450]).isEmpty)
    #expect(report(LengthRule.check(file, ratchet: [file.path: 449])).contains("at most 449"))
    let short = SourceFile(file.path, "\n")
    #expect(report(LengthRule.check(short, ratchet: [file.path: 450])).contains("ratchet"))
    #expect(LengthRule.ratchet.isEmpty)
  }
}

@Suite("Word rule")
struct WordRuleTests {
  @Test(
    "a banned word fails and names what to write instead",
    arguments: [
      ("fatalError(\"no\")", "typed error"), ("let a = try! b()", "`try`"),
      ("let a = b as! C", "`as?`"), ("do { a() } catch {}", "handle it"),
      ("// TODO: later", "issue"), ("let a = 1  // FIXME", "issue"),
      ("let a = \"\\(try! b())\"", "`try`"),
    ])
  func banned(line: String, instead: String) {
    let found = WordRule.check(SourceFile("Tools/X/A.swift", "let z = 0\n\(line)\n"))
    #expect(found.map(\.line) == [2])
    #expect(report(found).contains(instead) && report(found).contains("rule: banned"))
  }

  @Test(
    "prose, data, a stated reason, tests and generated files pass",
    arguments: [
      ("Sources/A.swift", "// No try! here."), ("Sources/A.swift", "let a = \"try!\""),
      ("Sources/A.swift", "let a = try! b()  // reason: a literal, tested"),
      ("Tests/ATests/A.swift", "let a = b as! C"),
      ("Sources/A.pb.swift", "// Made. DO NOT EDIT.\n/// TODO: from the schema"),
    ])
  func allowed(path: String, text: String) {
    #expect(WordRule.check(SourceFile(path, text)).isEmpty)
  }

  @Test("an unchecked promise needs its proof beside it, in tests too")
  func promises() {
    let bare = "\nfinal class A: @unchecked Sendable {\n}\n"
    let found = WordRule.check(SourceFile("Tests/ATests/A.swift", bare))
    #expect(found.map(\.line) == [2] && report(found).contains("reason beside it"))
    let proved = "// Only the loop touches it.\nfinal class A: @unchecked Sendable {\n}\n"
    #expect(WordRule.check(SourceFile("Sources/A.swift", proved)).isEmpty)
  }

  @Test(
    "a name that says nothing fails",
    arguments: [
      ("Sources/A/StringUtils.swift", 1), ("Sources/Helpers/A.swift", 1),
      ("Sources/A/Manager+B.swift", 1), ("Sources/A/B+Utils.swift", 1),
      ("Sources/A/SlotManager.swift", 1),
      ("Sources/A/Utility.swift", 0), ("Sources/A/Management.swift", 0),
    ])
  func names(path: String, violations: Int) {
    let found = WordRule.check(SourceFile(path, ""))
    #expect(found.count == violations)
    #expect(found.allSatisfy { report([$0]).contains("no file is named") })
  }
}

@Suite("Generated rule")
struct GeneratedRuleTests {
  @Test("header and name go together", arguments: [true, false], [true, false])
  func agree(header: Bool, name: Bool) {
    let text = header ? "// swift-format-ignore-file\n// Made. DO NOT EDIT.\n" : "let a = 1\n"
    let found = GeneratedRule.check(
      SourceFile(name ? "Sources/a.pb.swift" : "Sources/A.swift", text))
    #expect(found.isEmpty == (header == name))
    #expect(found.allSatisfy { report([$0]).contains("rule: generated files") })
  }

  @Test("the words further down exempt nothing")
  func furtherDown() {
    let text = String(repeating: "\n", count: 5) + "// DO NOT EDIT\n"
    #expect(!SourceFile("Sources/A.swift", text).isGenerated)
    #expect(!SourceFile("Sources/A.swift", "let a = \"DO NOT EDIT\"").isGenerated)
  }
}

@Suite("Golden rule")
struct GoldenRuleTests {
  static let golden = ["Tests/Golden/Plugin/odd.swift.txt"]

  @Test("a golden file no test names fails")
  func unread() {
    let other = SourceFile("Tests/ATests/A.swift", "read(\"Golden/Other\"); even()")
    #expect(report(GoldenRule.check(Self.golden, readers: [other])).contains("read by a test"))
  }

  @Test(
    "named by file, by stem or by folder it passes",
    arguments: ["\"odd.swift.txt\"", "(\"odd\")", "\"Tests/Golden/Plugin\""])
  func read(text: String) {
    #expect(GoldenRule.check(Self.golden, readers: [SourceFile("Tests/A.swift", text)]).isEmpty)
  }
}
