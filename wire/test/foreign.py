# Calls the echo server of foreign.test.ts with the stock Python implementation; prints one JSON object.
import json
import sys
import threading

import grpc

channel = grpc.insecure_channel(
    sys.argv[1], options=[("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
)
raw = dict(request_serializer=None, response_deserializer=None)


def status(call):
    try:
        for _ in call:
            pass
        return [call.code().value[0], call.details()]
    except grpc.RpcError as error:
        return [error.code().value[0], error.details()]


result = {}
echo = channel.stream_stream("/t/Echo", **raw)
sizes = [0, 1, 100, 16384, 70000, 1000000, 3000000]
result["echo"] = [len(body) for body in echo(iter([bytes([7]) * size for size in sizes]), timeout=20)]
result["many"] = sum(int(body) for body in echo(iter([str(i).encode() for i in range(10000)]), timeout=20))
result["unary"] = channel.unary_unary("/t/Echo", **raw)(b"one", timeout=20).decode()
result["fail"] = status(channel.unary_stream("/t/Fail", **raw)(b"x", timeout=20))
try:
    channel.unary_unary("/t/Fail", **raw)(b"x", timeout=20)
except grpc.RpcError as error:
    result["details"] = dict(error.trailing_metadata())["grpc-status-details-bin"].hex()
result["late"] = status(channel.unary_stream("/t/FailLate", **raw)(b"x", timeout=20))
result["unknown"] = status(channel.unary_stream("/t/None", **raw)(b"x", timeout=20))[0]
result["deadline"] = status(channel.unary_stream("/t/Wait", **raw)(b"x", timeout=0.1))[0]
waiting = channel.unary_stream("/t/Wait", **raw)(b"x", timeout=20)
waiting.initial_metadata()
waiting.cancel()
result["cancelled"] = status(waiting)[0]
compressed = channel.stream_stream("/t/Echo", **raw)
result["compressed"] = status(compressed(iter([b"x" * 1000]), compression=grpc.Compression.Gzip, timeout=20))[0]
# A slow reader of a large answer: the server has to wait for it.
slow = 0
for body in channel.unary_stream("/t/Large", **raw)(b"x", timeout=30):
    slow += len(body)
    threading.Event().wait(0.01)
result["large"] = slow
print(json.dumps(result))
