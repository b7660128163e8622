"""A stock grpcio server with health and without reflection, which tells its time by a date header.

Prints "listening on HOST:PORT"; serves until it is ended. The argument is how far its clock is ahead, in seconds.
"""

import sys
import time
from concurrent import futures
from email.utils import formatdate

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

AHEAD = float(sys.argv[1])


class Health(health_pb2_grpc.HealthServicer):
    def Check(self, request, context):
        date = formatdate(time.time() + AHEAD, usegmt=True)
        context.send_initial_metadata((("date", date),))
        return health_pb2.HealthCheckResponse(status=health_pb2.HealthCheckResponse.SERVING)


server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
health_pb2_grpc.add_HealthServicer_to_server(Health(), server)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(f"listening on 127.0.0.1:{port}", flush=True)
server.wait_for_termination()
