"""The calls of KitchenScene.calls by way of grpcio, which nobody here wrote; one JSON line for each thing seen.

kitchen_calls.py TARGET DESCRIPTOR_SET [reset]
"""

import json
import queue
import sys

import grpc

from schema import Schema

SERVICE = "/kitchen.v1.Kitchen/"
DEADLINE_SECONDS = 20


def see(*things):
    print(json.dumps(things), flush=True)


def failure(error):
    trailers = dict(error.trailing_metadata() or ())
    return [error.code().name, error.details(), list(trailers.get("grpc-status-details-bin", b"")),
            trailers.get("x-why")]


class Kitchen:
    def __init__(self, channel, schema):
        self.leaf, tree = schema["kitchen.v1.Leaf"], schema["kitchen.v1.Tree"]
        forms = {"request_serializer": lambda leaf: leaf.SerializeToString(),
                 "response_deserializer": tree.FromString}
        self.cook = channel.unary_unary(SERVICE + "Cook", **forms)
        self.cook_all = channel.stream_unary(SERVICE + "CookAll", **forms)
        self.watch = channel.unary_stream(SERVICE + "Watch", **forms)
        self.talk = channel.stream_stream(SERVICE + "Talk", **forms)


def unary(kitchen):
    cooked = kitchen.cook(kitchen.leaf(name="Ana Pérez", size=3), timeout=DEADLINE_SECONDS,
                          metadata=[("pasarela-purpose", "TEST")])
    see(cooked.label, cooked.branch.weight, [child.label for child in cooked.children])
    try:
        kitchen.cook(kitchen.leaf(size=-1), timeout=DEADLINE_SECONDS)
        see("no failure")
    except grpc.RpcError as error:
        see(failure(error))


def streams(kitchen):
    sizes = (kitchen.leaf(size=size) for size in (1, 2, 3))
    see(kitchen.cook_all(sizes, timeout=DEADLINE_SECONDS).branch.weight)
    watch = kitchen.watch(kitchen.leaf(size=2), timeout=DEADLINE_SECONDS)
    see([tree.label for tree in watch], dict(watch.trailing_metadata()).get("x-left"))
    said = queue.SimpleQueue()
    talk = kitchen.talk(iter(said.get, None), timeout=DEADLINE_SECONDS)
    for name in ("uno", "dos"):
        said.put(kitchen.leaf(name=name))
        see(next(talk).label)
    said.put(None)
    try:
        see([tree.label for tree in talk])
    except grpc.RpcError as error:
        see(failure(error))


def cancelled(kitchen):
    endless = kitchen.watch(kitchen.leaf(name="on", size=1), timeout=DEADLINE_SECONDS)
    see(next(endless).label)
    endless.cancel()
    see(endless.code().name)


def reset(kitchen):
    watch = kitchen.watch(kitchen.leaf(name="reset", size=2), timeout=DEADLINE_SECONDS)
    try:
        for tree in watch:
            see(tree.label)
        see("no failure")
    except grpc.RpcError as error:
        see(error.code().name)


def main():
    with grpc.insecure_channel(sys.argv[1]) as channel:
        kitchen = Kitchen(channel, Schema(sys.argv[2]))
        if sys.argv[3:] == ["reset"]:
            return reset(kitchen)
        unary(kitchen)
        streams(kitchen)
        cancelled(kitchen)


main()
