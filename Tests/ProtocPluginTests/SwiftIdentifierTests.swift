import ProtocPlugin
import Testing

@Suite struct SwiftIdentifierTests {
  @Test(
    "fields, methods and cases become lowerCamelCase",
    arguments: [
      ("create_time", "createTime"), ("CreateTime", "createTime"), ("createTime", "createTime"),
      ("URL", "url"), ("URL_PATH", "urlPath"), ("URLPath", "urlPath"), ("x509_cert", "x509Cert"),
      ("foo_1", "foo1"), ("foo__bar", "fooBar"), ("_leading", "leading"),
      ("trailing_", "trailing"), ("a", "a"), ("A", "a"), ("id", "id"), ("2d", "_2d"),
      ("_", "__"), ("fooBAR", "fooBAR"), ("getID", "getID"),
    ])
  func lowerCamel(name: String, expected: String) {
    #expect(SwiftIdentifier.lowerCamel(name) == expected)
  }

  @Test(
    "types become UpperCamelCase",
    arguments: [
      ("Office", "Office"), ("foo_bar", "FooBar"), ("XMLReport", "XMLReport"),
      ("office", "Office"), ("v1", "V1"),
    ])
  func upperCamel(name: String, expected: String) {
    #expect(SwiftIdentifier.upperCamel(name) == expected)
  }

  @Test(
    "an enum's name becomes the prefix of its values",
    arguments: [
      ("State", "STATE"), ("ReferralState", "REFERRAL_STATE"), ("X509Kind", "X509_KIND"),
    ])
  func prefix(name: String, expected: String) {
    #expect(SwiftIdentifier.screamingSnake(name) == expected)
  }

  @Test(
    "JSON names are protoc's",
    arguments: [
      ("foo_bar", "fooBar"), ("FooBar", "FooBar"), ("_foo", "Foo"), ("foo__bar", "fooBar"),
      ("foo_1", "foo1"), ("foo_", "foo"),
    ])
  func json(name: String, expected: String) {
    #expect(SwiftIdentifier.jsonName(name) == expected)
  }

  @Test("keywords are quoted, other words are not")
  func quoted() {
    #expect(SwiftIdentifier.quoted("default") == "`default`")
    #expect(SwiftIdentifier.quoted("defaults") == "defaults")
  }

  @Test(
    "what no source may hold as a name is known",
    arguments: [
      ("Office", true), ("_x", true), ("a1", true), ("", false), ("1a", false), ("a-b", false),
      ("a b", false), ("class", false), ("_", false), ("é", false), ("a.b", false),
      ("a[", false), ("@a", false),
    ])
  func plain(text: String, expected: Bool) {
    #expect(SwiftIdentifier.isPlain(text) == expected)
  }
}
