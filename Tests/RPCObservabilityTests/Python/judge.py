"""Scrapes the endpoint at the port given and holds what it says to the format, and to what was recorded.

The second argument is a label's value, as base64 of its UTF-8.
"""

import base64
import re
import sys
import urllib.error
import urllib.request

from prometheus_client.parser import text_string_to_metric_families

port, odd = int(sys.argv[1]), base64.b64decode(sys.argv[2]).decode()
with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    text = answer.read().decode()

try:
    urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10)
    raise AssertionError("there is a page at /")
except urllib.error.HTTPError as refusal:
    assert refusal.code == 404

# Stricter than the library: every line is a head or a sample, and every sample is under its own head.
NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{((?:{LABEL},)*{LABEL})\}})? ([-+0-9.e]+|NaN|[-+]Inf)")
assert text.endswith("\n")
kinds, seen, current = {}, set(), None
for line in text.split("\n")[:-1]:
    if line.startswith("# HELP "):
        continue
    if line.startswith("# TYPE "):
        current, kind = line.split(" ")[2:]
        assert current not in kinds, line
        kinds[current] = kind
        continue
    match = SAMPLE.fullmatch(line)
    assert match, line
    name, labels, value = match.groups()
    float(value)
    assert (name, labels) not in seen, line
    seen.add((name, labels))
    suffixes = ["_bucket", "_sum", "_count"] if kinds[current] == "histogram" else [""]
    assert name in [current + suffix for suffix in suffixes], line
    assert kinds[current] != "counter" or name.endswith("_total"), line

families = {family.name: family for family in text_string_to_metric_families(text)}


def sample(family, name, **labels):
    found = [s.value for s in families[family].samples if s.name == name and s.labels == labels]
    assert len(found) == 1, (name, labels, found)
    return found[0]


# Histograms: buckets rise with their bounds and end in the count.
for family in families.values():
    assert family.documentation or family.name == "odd", family.name
    if family.type != "histogram":
        continue
    series = {}
    for s in family.samples:
        key = tuple(sorted((k, v) for k, v in s.labels.items() if k != "le"))
        parts = series.setdefault(key, {"buckets": []})
        if s.name.endswith("_bucket"):
            parts["buckets"].append((float(s.labels["le"]), s.value))
        else:
            parts[s.name[len(family.name):]] = s.value
    for parts in series.values():
        bounds = [bound for bound, _ in parts["buckets"]]
        counts = [count for _, count in parts["buckets"]]
        assert bounds == sorted(set(bounds)) and bounds[-1] == float("inf")
        assert counts == sorted(counts) and counts[-1] == parts["_count"]

calls = "grpc_server_call_started"
assert sample(calls, calls + "_total", grpc_method="p.S/M") == 4
assert sample(calls, calls + "_total", grpc_method="other") == 1
duration = "grpc_server_call_duration_seconds"
ok = {"grpc_method": "p.S/M", "grpc_status": "OK"}
assert sample(duration, duration + "_count", **ok) == 2
assert abs(sample(duration, duration + "_sum", **ok) - 0.014) < 1e-12
assert sample(duration, duration + "_bucket", le="0.006", **ok) == 0
assert sample(duration, duration + "_bucket", le="0.008", **ok) == 2
sent = "grpc_server_call_sent_total_compressed_message_size_bytes"
assert sample(sent, sent + "_sum", **ok) == 10000
assert sample("odd", "odd_total", text=odd) == 1
assert families["process_resident_memory_bytes"].samples[0].value > 0
print("all held")
