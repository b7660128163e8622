import ProtocPlugin
import Testing

@Suite struct ParametersTests {
  @Test(
    "a good list of options is taken",
    arguments: [
      "", "Visibility=public", "Visibility=package,Services=false", "Module=SafeMobilityAPI",
      "Namespace=safemobility.v1:SafeMobility,Namespace=google.rpc:GoogleRPC",
      "ModuleMappings=google/type/:GoogleTypes,ModuleMappings=a/b.proto:B",
    ])
  func accepted(text: String) throws {
    _ = try Parameters(text)
  }

  @Test(
    "a bad option is refused and named",
    arguments: [
      "Visibility", "Visibility=open", "Services=yes", "Colour=red", "Module=1st",
      "Module=class", "Namespace=safemobility.v1", "Namespace=a.b:not good",
      "ModuleMappings=google/type/", "=x",
    ])
  func refused(text: String) {
    #expect {
      try Parameters("Services=true," + text)
    } throws: { error in
      guard case .badParameter(text, _) = error as? PluginError else { return false }
      return true
    }
  }

  @Test(
    "the help names every option",
    arguments: ["Namespace", "ModuleMappings", "Module", "Visibility", "Services"])
  func help(option: String) {
    #expect(Parameters.help.contains("\n  \(option)="))
    #expect {
      try Parameters("\(option)=,")
    } throws: { error in
      guard case .badParameter(_, let reason) = error as? PluginError else { return false }
      return !reason.hasPrefix("unknown")
    }
  }
}
