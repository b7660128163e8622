"""One unary call of the programme by way of grpcio, with bytes as they are given.

program_call.py TARGET METHOD IDENTITY PURPOSE REQUEST_HEX; prints the status code
"""

import sys

import grpc

target, method, identity, purpose, request = sys.argv[1:]
with grpc.insecure_channel(target) as channel:
    call = channel.unary_unary(method)
    metadata = [("pasarela-dev-identity", identity), ("pasarela-purpose", purpose)]
    try:
        call(bytes.fromhex(request), metadata=metadata, timeout=20)
        print("OK")
    except grpc.RpcError as error:
        print(error.code().name, error.details())
