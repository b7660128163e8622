"""Judges messages with Python protobuf: reads a file of cases, writes a file of answers.

oracle.py PROTOS_FOLDER CASES ANSWERS SEED MADE_COUNT

All numbers are big-endian. A case is: type (1 byte), bytes (length-prefixed), JSON (length-prefixed,
length 0xFFFFFFFF for none). Its answer: whether the bytes parse (1), those bytes again, the JSON
(or none), whether the case's JSON parses (1), the bytes of that. After the answers come MADE_COUNT
messages made here: type, bytes, JSON or none.
"""

import random
import struct
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf import any_pb2, duration_pb2, empty_pb2, field_mask_pb2  # noqa: F401
from google.protobuf import struct_pb2, timestamp_pb2, wrappers_pb2  # noqa: F401
from google.protobuf.descriptor import FieldDescriptor as F

NONE = 0xFFFFFFFF
TYPES = ["Scalars", "Maps", "Choices", "Tree", "WellKnown", "Names", "Nothing", "Leaf"]


def load(folder):
    """The message classes of the kitchen sink, from its .proto file."""
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run(
            [sys.executable, "-m", "grpc_tools.protoc", f"-I{folder}",
             f"--descriptor_set_out={out.name}", f"{folder}/kitchen_sink.proto"], check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString(open(out.name, "rb").read())
    pool = descriptor_pool.Default()
    for file in files.file:
        pool.Add(file)
    return [message_factory.GetMessageClass(pool.FindMessageTypeByName(f"kitchen.v1.{name}"))
            for name in TYPES]


def to_json(message):
    try:
        return json_format.MessageToJson(message, indent=None).encode()
    except Exception:  # every refusal is an answer here
        return None


def pack(data):
    return struct.pack(">I", NONE) if data is None else struct.pack(">I", len(data)) + data


def unpack(file):
    (count,) = struct.unpack(">I", file.read(4))
    return None if count == NONE else file.read(count)


def answer(cls, data, text):
    """What Python makes of one case."""
    try:
        message = cls.FromString(data)
    except Exception:
        return b"\0" + pack(None) + pack(None) + b"\0" + pack(None)
    parts = [b"\1", pack(message.SerializeToString(deterministic=True)), pack(to_json(message))]
    parsed = None
    if text is not None:
        try:
            parsed = json_format.Parse(text, cls()).SerializeToString(deterministic=True)
        except Exception:
            parsed = None
    return b"".join(parts + [b"\0" if parsed is None else b"\1", pack(parsed)])


def scalar(rng, field):
    """A random value of a field's type, edges more often than chance would have them."""
    kind = field.type
    if kind == F.TYPE_BOOL:
        return rng.random() < 0.5
    if kind == F.TYPE_STRING:
        return "".join(rng.choice("aZ0\0ñ€🌉 _\"\\\n") for _ in range(rng.randrange(12)))
    if kind == F.TYPE_BYTES:
        return rng.randbytes(rng.randrange(12))
    if kind in (F.TYPE_DOUBLE, F.TYPE_FLOAT):
        return rng.choice([0.0, -0.0, 1.5, -1e10, 1e-7, 3.0, float("inf"), float("nan"),
                           struct.unpack(">f", struct.pack(">f", rng.uniform(-1e6, 1e6)))[0]])
    if kind == F.TYPE_ENUM:
        if field.enum_type.full_name == "google.protobuf.NullValue":
            return 0  # JSON writes every number of it as null
        return rng.choice([value.number for value in field.enum_type.values] + [77, -3])
    bits = 32 if "32" in str(kind_name(kind)) else 64
    if kind_name(kind).startswith(("U", "F")):
        return rng.choice([0, 1, 2**bits - 1, rng.getrandbits(bits)])
    return rng.choice([0, -1, 2**(bits - 1) - 1, -2**(bits - 1), rng.getrandbits(bits - 1)])


def well_known(rng, message):
    """Fills a well-known type with a value that has a JSON form; False for another type."""
    name = message.DESCRIPTOR.full_name
    if name == "google.protobuf.Timestamp":
        message.seconds = rng.choice([0, -1, 1686582000, -62135596800, 253402300799])
        message.nanos = rng.choice([0, 1, 999999999, 120000000, 3000])
    elif name == "google.protobuf.Duration":
        sign = rng.choice([1, -1])
        message.seconds = sign * rng.choice([0, 1, 315576000000 - 1, rng.randrange(10**9)])
        message.nanos = sign * rng.choice([0, 1, 999999999, 500000000, 7000])
    elif name == "google.protobuf.FieldMask":
        message.paths.extend(rng.sample(["a", "foo_bar", "foo.bar_baz.qux", "x1"], rng.randrange(4)))
    elif name == "google.protobuf.Value":
        message.CopyFrom(dynamic(rng, 2))
    elif name == "google.protobuf.Any":
        # No maps in it: their order in the bytes of an Any is anybody's.
        packed = rng.choice([
            duration_pb2.Duration(seconds=rng.randrange(100)), empty_pb2.Empty(), dynamic(rng, 0),
            wrappers_pb2.Int64Value(value=rng.getrandbits(62)), LEAF(name="ñ", size=rng.randrange(3))])
        message.Pack(packed, deterministic=True)
    else:
        return False
    return True


def dynamic(rng, depth):
    """A random google.protobuf.Value."""
    kind = rng.randrange(6 if depth else 4)
    value = struct_pb2.Value()
    if kind == 0:
        value.null_value = 0
    elif kind == 1:
        value.number_value = rng.choice([0.0, -1.5, 1e300, float(rng.getrandbits(40))])
    elif kind == 2:
        value.string_value = rng.choice(["", "ñ🌉", "\"\\"])
    elif kind == 3:
        value.bool_value = rng.random() < 0.5
    elif kind == 4:
        value.list_value.values.extend(dynamic(rng, depth - 1) for _ in range(rng.randrange(3)))
        value.list_value.SetInParent()
    else:
        value.struct_value.SetInParent()
        for key in rng.sample(["", "a", "ñ", "A_b"], rng.randrange(3)):
            value.struct_value.fields[key].CopyFrom(dynamic(rng, depth - 1))
    return value


def kind_name(kind):
    return {F.TYPE_INT32: "INT32", F.TYPE_SINT32: "SINT32", F.TYPE_SFIXED32: "SFIXED32",
            F.TYPE_INT64: "INT64", F.TYPE_SINT64: "SINT64", F.TYPE_SFIXED64: "SFIXED64",
            F.TYPE_UINT32: "UINT32", F.TYPE_FIXED32: "FIXED32", F.TYPE_UINT64: "UINT64",
            F.TYPE_FIXED64: "FIXED64"}[kind]


def fill(rng, message, depth):
    """Sets about a third of a message's fields."""
    # One in eight is left to chance, which mostly makes what has no JSON form. Not these two: a Value
    # without a kind becomes null, and a mask of one empty path an empty mask, on their way through
    # JSON in every implementation.
    always = ("google.protobuf.Value", "google.protobuf.FieldMask")
    is_certain = message.DESCRIPTOR.full_name in always or rng.random() < 0.875
    if is_certain and well_known(rng, message):
        return
    for field in message.DESCRIPTOR.fields:
        if rng.random() > 0.34:
            continue
        name = field.name
        if field.message_type and field.message_type.GetOptions().map_entry:
            key, value = field.message_type.fields_by_name["key"], field.message_type.fields_by_name["value"]
            for _ in range(rng.randrange(3)):
                if value.message_type:
                    if depth > 0:
                        fill(rng, getattr(message, name)[scalar(rng, key)], depth - 1)
                else:
                    getattr(message, name)[scalar(rng, key)] = scalar(rng, value)
        elif field.is_repeated if hasattr(field, "is_repeated") else field.label == F.LABEL_REPEATED:
            for _ in range(rng.randrange(3)):
                if field.message_type:
                    if depth > 0:
                        fill(rng, getattr(message, name).add(), depth - 1)
                else:
                    getattr(message, name).append(scalar(rng, field))
        elif field.message_type:
            if depth > 0:
                getattr(message, name).SetInParent()
                fill(rng, getattr(message, name), depth - 1)
        else:
            setattr(message, name, scalar(rng, field))


def main():
    global LEAF
    folder, cases, answers, seed, made = sys.argv[1:]
    classes = load(folder)
    LEAF = classes[TYPES.index("Leaf")]
    rng = random.Random(int(seed))
    with open(cases, "rb") as source, open(answers, "wb") as sink:
        while kind := source.read(1):
            sink.write(answer(classes[kind[0]], unpack(source), unpack(source)))
        for number in range(int(made)):
            kind = number % len(classes)
            message = classes[kind]()
            fill(rng, message, 3)
            sink.write(bytes([kind]) + pack(message.SerializeToString(deterministic=True)))
            sink.write(pack(to_json(message)))


main()
