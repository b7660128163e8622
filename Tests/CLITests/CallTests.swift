import Protobuf
import RPCCore
import SafeMobilityAPI
import Testing

@testable import CLI

/// Any method by name.
@Suite struct CallTests {
  @Test("the compiled schema has every method of the contract, once, with its kind")
  func schema() throws {
    let methods = try ToolSchema.compiled().methods.map(\.descriptor)
    #expect(Set(methods).isSuperset(of: Contract.methods))
    #expect(Set(methods).count == methods.count)
  }

  @Test(
    "a method is called by any name that is its own alone",
    arguments: [
      "HoldSlot", "AppointmentService/HoldSlot", "AppointmentService.HoldSlot",
      "safemobility.v1.AppointmentService/HoldSlot",
    ])
  func names(name: String) async throws {
    let world = CommandWorld(server: Sample.server())
    let method = SafeMobility.AppointmentServiceMethods.holdSlot
    world.server.answer(
      method, SafeMobility.HoldSlotResponse.with { $0.hold = .with { $0.fence = 7 } })
    let run = await world.run([
      "call", name, "--data", #"{"slot": "a", "seats": 2}"#, "-o", "value=hold.fence",
    ])
    #expect(run.output == "7\n", "\(run.errors)")
    let request = try #require(
      world.server.requests(to: method, as: SafeMobility.HoldSlotRequest.self).first)
    #expect(request.slot == "a")
    #expect(request.seats == 2)
    #expect(request.requestId.count == 36)
  }

  @Test("a request id that is there is kept, and a request without the field gets none")
  func requestIDs() async throws {
    let world = CommandWorld(server: Sample.server())
    let id = "0f8fad5b-d9cb-469f-a165-70867728950e"
    _ = await world.run(["call", "HoldSlot", "--data", "{\"requestId\": \"\(id)\"}"])
    let method = SafeMobility.AppointmentServiceMethods.holdSlot
    #expect(
      try world.server.requests(to: method, as: SafeMobility.HoldSlotRequest.self)
        .map(\.requestId) == [id])
    #expect(await world.run("call GetOffice").code == 0)
    #expect(world.server.asked.last?.request.isEmpty == true)
  }

  @Test(
    "what cannot be called is refused before anything is sent",
    arguments: [
      (["call", "Hold"], 2), (["call", "Slot"], 2), (["call"], 2),
      (["call", "nowhere", "GetOffice"], 2), (["call", "a:1", "GetOffice", "more"], 2),
      (["call", "GetOffice", "-d", "{}{}"], 1),
      (["call", "GetOffice", "--data", "{", "--file", "-"], 2),
      (["call", "GetOffice", "--data", "{"], 1), (["call", "GetOffice", "--data", "[]"], 1),
      (["call", "GetOffice", "--data", #"{"nome": "x"}"#], 1),
    ] as [([String], Int32)])
  func refused(arguments: [String], code: Int32) async {
    let world = CommandWorld(server: Sample.server())
    let run = await world.run(arguments)
    #expect(run.code == code, "\(run.errors)")
    #expect(!run.errors.isEmpty)
    #expect(world.server.asked.isEmpty)
  }

  @Test("a failed call says how to find out what became of it")
  func failure() async {
    let world = CommandWorld(server: Sample.server())
    world.server.refuse(
      SafeMobility.AppointmentServiceMethods.holdSlot, RPCError(.unavailable, "gone"))
    let run = await world.run(["call", "HoldSlot", "--data", #"{"slot": "a b"}"#])
    #expect(run.code == 78)
    #expect(run.errors.contains(#"pasarela call HoldSlot --data '{"slot": "a b"}' --request-id "#))
  }

  @Test("the list says which methods there are, and which stream")
  func list() async {
    let run = await CommandWorld().run("ls Office")
    let lines = run.output.split(separator: "\n")
    let service = "safemobility.v1.OfficeService"
    #expect(lines.contains("\(service)/GetOffice"))
    #expect(
      lines.contains {
        $0.hasPrefix("\(service)/WatchSlots ") && $0.hasSuffix("server streaming")
      })
    #expect(lines.allSatisfy { $0.hasPrefix("\(service)/") })
    #expect(run.errors.contains("does not tell its schema"))
  }
}
