"""Stock gRPC tools use a server's health, reflection and channelz, and check what they get.

Usage: stock_services.py HOST:PORT BUF
BUF is the program `buf`. Prints "all held"; ends with a traceback at the first thing that does not hold.
"""

import json
import subprocess
import sys
import tempfile
import time

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from grpc_channelz.v1 import channelz_pb2, channelz_pb2_grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

SERVICES = [
    "grpc.channelz.v1.Channelz",
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
    "kitchen.v1.Kitchen",
]
address, buf = sys.argv[1:]
channel = grpc.insecure_channel(address)


def failure(call):
    try:
        call()
    except grpc.RpcError as error:
        return error.code()
    raise AssertionError("the call succeeded")


def health():
    stub = health_pb2_grpc.HealthStub(channel)
    write = channel.unary_unary("/test.Board/Set")
    request = lambda name: health_pb2.HealthCheckRequest(service=name)
    response = health_pb2.HealthCheckResponse

    assert stub.Check(request(""), timeout=20).status == response.SERVING
    assert failure(lambda: stub.Check(request("a.B"), timeout=20)) == grpc.StatusCode.NOT_FOUND
    watch = stub.Watch(request("a.B"), timeout=40)
    assert next(watch).status == response.SERVICE_UNKNOWN
    for word, status in [(b"yes", response.SERVING), (b"no", response.NOT_SERVING)] * 3:
        write(word, timeout=20)
        assert next(watch).status == status
        assert stub.Check(request("a.B"), timeout=20).status == status
    # A watch goes when its call is cancelled, and when its connection is lost.
    watchers = lambda: write(b"count", timeout=20)
    with grpc.insecure_channel(address, options=[("grpc.use_local_subchannel_pool", 1)]) as other:
        stay = health_pb2_grpc.HealthStub(other).Watch(request(""), timeout=40)
        assert next(stay).status == response.SERVING
        assert watchers() == b"2"
    watch.cancel()
    assert failure(lambda: next(watch)) == grpc.StatusCode.CANCELLED
    limit = time.monotonic() + 10
    while watchers() != b"0":
        assert time.monotonic() < limit
        time.sleep(0.02)

    listed = stub.List(health_pb2.HealthListRequest(), timeout=20).statuses
    assert {name: entry.status for name, entry in listed.items()} == {
        "": response.SERVING,
        "a.B": response.NOT_SERVING,
    }


def reflection_by_library():
    database = ProtoReflectionDescriptorDatabase(channel)
    assert sorted(database.get_services()) == SERVICES
    pool = descriptor_pool.DescriptorPool(database)
    method = pool.FindServiceByName("kitchen.v1.Kitchen").methods_by_name["Cook"]
    assert method.input_type.full_name == "kitchen.v1.Leaf"
    assert pool.FindFileByName("grpc/channelz/v1/channelz.proto").dependencies
    assert pool.FindServiceByName("grpc.health.v1.Health").methods_by_name["List"]

    # A call with nothing but what the server told.
    leaf = message_factory.GetMessageClass(method.input_type)
    tree = message_factory.GetMessageClass(method.output_type)
    cook = channel.unary_unary(
        "/kitchen.v1.Kitchen/Cook", leaf.SerializeToString, tree.FromString
    )
    assert cook(leaf(name="oak"), timeout=20).label == "oak"


def reflection_raw():
    request = reflection_pb2.ServerReflectionRequest
    requests = [
        request(file_containing_symbol="kitchen.v1.Kitchen.Talk"),
        request(file_by_filename="kitchen_sink.proto"),
        request(file_by_filename="../../etc/passwd"),
        request(file_containing_symbol="a" * (1 << 20)),
        request(list_services="*"),
        request(
            file_containing_extension=reflection_pb2.ExtensionRequest(
                containing_type="legacy.v1.Old", extension_number=100
            )
        ),
        request(all_extension_numbers_of_type="legacy.v1.Old"),
    ]
    for version in ["v1", "v1alpha"]:
        stream = channel.stream_stream(
            f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
            request.SerializeToString,
            reflection_pb2.ServerReflectionResponse.FromString,
        )
        answers = list(stream(iter(requests), timeout=20))
        first, again, passwd, long, services, extension, numbers = answers
        files = [
            descriptor_pb2.FileDescriptorProto.FromString(one)
            for one in first.file_descriptor_response.file_descriptor_proto
        ]
        assert files[0].name == "kitchen_sink.proto"
        assert set(files[0].dependency) <= {file.name for file in files}
        assert len(again.file_descriptor_response.file_descriptor_proto) == 1
        assert passwd.error_response.error_code == 5
        assert long.error_response.error_code == 5 and long.ByteSize() < 1000
        names = [service.name for service in services.list_services_response.service]
        assert names == SERVICES
        (legacy,) = extension.file_descriptor_response.file_descriptor_proto
        assert descriptor_pb2.FileDescriptorProto.FromString(legacy).name == "legacy.proto"
        assert numbers.all_extension_numbers_response.extension_number == [100]

        flood = stream((requests[2] for _ in range(10_000)), timeout=40)
        answers = 0
        try:
            for answer in flood:
                assert answer.error_response.error_code == 5
                answers += 1
        except grpc.RpcError as error:
            assert error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED, error
        assert answers == 1000, answers


def reflection_by_buf():
    with tempfile.TemporaryDirectory() as home:
        def curl(protocol, path, *options):
            return subprocess.run(
                [buf, "curl", "--protocol", "grpc", "--http2-prior-knowledge"]
                + ["--reflect-protocol", protocol, *options, f"http://{address}{path}"],
                env={"HOME": home, "BUF_CACHE_DIR": home},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                check=True,
                timeout=60,
                text=True,
            ).stdout

        for protocol in ["grpc-v1", "grpc-v1alpha"]:
            assert curl(protocol, "", "--list-services").split() == SERVICES
            methods = curl(protocol, "", "--list-methods").split()
            assert "kitchen.v1.Kitchen/Talk" in methods and "grpc.health.v1.Health/List" in methods
            answer = curl(protocol, "/kitchen.v1.Kitchen/Cook", "--data", '{"name": "elm"}')
            assert json.loads(answer) == {"label": "elm"}, answer
            answer = curl(protocol, "/grpc.health.v1.Health/Check", "--data", "{}")
            assert json.loads(answer) == {"status": "SERVING"}, answer


def channelz():
    stub = channelz_pb2_grpc.ChannelzStub(channel)
    servers = stub.GetServers(channelz_pb2.GetServersRequest(), timeout=20)
    assert servers.end and [one.ref.name for one in servers.server] == ["office"]
    server = servers.server[0]
    data = server.data
    # Ours is the call that runs; those that a stream has failed are among the ones before.
    assert data.calls_started > data.calls_succeeded > 20, data
    assert data.calls_failed > 2, data
    assert abs(data.last_call_started_timestamp.seconds - time.time()) < 60, data
    get = lambda ref: stub.GetSocket(
        channelz_pb2.GetSocketRequest(socket_id=ref.socket_id), timeout=20
    ).socket
    port = int(address.rsplit(":", 1)[1])
    (listener,) = [get(ref) for ref in server.listen_socket]
    assert listener.local.tcpip_address.port == port and not listener.HasField("remote")

    sockets = stub.GetServerSockets(
        channelz_pb2.GetServerSocketsRequest(server_id=server.ref.server_id), timeout=20
    )
    assert sockets.end and sockets.socket_ref
    # The oldest connection is ours; those of the tools have ended or are about to.
    socket = get(sockets.socket_ref[0])
    loopback = bytes([127, 0, 0, 1])
    assert socket.local.tcpip_address.ip_address == loopback
    assert socket.local.tcpip_address.port == port
    assert socket.remote.tcpip_address.ip_address == loopback
    assert socket.ref.name.endswith(f":{socket.remote.tcpip_address.port}")
    assert not socket.HasField("security")
    assert socket.data.streams_started > socket.data.streams_succeeded > 20, socket
    assert socket.data.messages_received > 1000 and socket.data.messages_sent > 1000, socket
    assert abs(socket.data.last_message_received_timestamp.seconds - time.time()) < 60, socket
    assert socket.data.local_flow_control_window.value > 0
    assert socket.data.remote_flow_control_window.value > 0
    assert stub.GetServer(
        channelz_pb2.GetServerRequest(server_id=server.ref.server_id), timeout=20
    ).server.ref == server.ref
    top = stub.GetTopChannels(channelz_pb2.GetTopChannelsRequest(), timeout=20)
    assert top.end and not top.channel
    absent = channelz_pb2.GetChannelRequest(channel_id=1)
    assert failure(lambda: stub.GetChannel(absent, timeout=20)) == grpc.StatusCode.NOT_FOUND


for part in [health, reflection_by_library, reflection_raw, reflection_by_buf, channelz]:
    part()
# A watch that nobody ends but the server, as it shuts down.
last = health_pb2_grpc.HealthStub(channel).Watch(
    health_pb2.HealthCheckRequest(service="a.B"), timeout=40
)
assert next(last).status == health_pb2.HealthCheckResponse.NOT_SERVING
channel.unary_unary("/test.Board/Set")(b"end", timeout=20)
assert failure(lambda: next(last)) == grpc.StatusCode.UNAVAILABLE
channel.close()
print("all held")
