"""Produce and consume with nothing but the address: the broker describes its own API by server reflection.

usage: reflection.py HOST:PORT
"""

import sys
import uuid

import grpc
from google.protobuf import descriptor_pool, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase


class Api:
    """Calls methods by name, with messages built from what the broker says of itself."""

    def __init__(self, channel: grpc.Channel) -> None:
        self._channel = channel
        self._database = ProtoReflectionDescriptorDatabase(channel)
        self._pool = descriptor_pool.DescriptorPool(self._database)

    def services(self) -> list[str]:
        return sorted(self._database.get_services())

    def call(self, service: str, method: str, **fields):
        descriptor = self._pool.FindServiceByName(service).FindMethodByName(method)
        request_class = message_factory.GetMessageClass(descriptor.input_type)
        response_class = message_factory.GetMessageClass(descriptor.output_type)
        open_call = (
            self._channel.unary_stream if descriptor.server_streaming else self._channel.unary_unary
        )
        stub = open_call(
            f"/{service}/{method}",
            request_serializer=request_class.SerializeToString,
            response_deserializer=response_class.FromString,
        )
        return stub(request_class(**fields), timeout=30)


def main(address: str) -> None:
    with grpc.insecure_channel(address) as channel:
        api = Api(channel)
        print("the broker offers", ", ".join(api.services()))
        topic = f"reflected-{uuid.uuid4().hex[:8]}"
        api.call("millrace.v1.Admin", "CreateTopic", name=topic)
        entry = {"topic_name": topic, "records": [{"key": b"k", "value": b"found by reflection"}]}
        produced = api.call("millrace.v1.Producer", "Produce", entries=[entry])
        replies = api.call(
            "millrace.v1.Consumer", "Fetch", partitions=[{"topic_name": topic}], stop_at_end=True
        )
        records = [record for reply in replies for entry in reply.entries for record in entry.records]
        assert [record.value for record in records] == [b"found by reflection"], records
        assert records[0].offset == produced.results[0].base_offset
        try:
            api.call("millrace.v1.Admin", "DescribeTopic", topic_name="no-such-topic")
        except grpc.RpcError as error:
            assert error.code() == grpc.StatusCode.NOT_FOUND, error
        else:
            raise AssertionError("a topic that does not exist was described")
        api.call("millrace.v1.Admin", "DeleteTopic", topic_name=topic)
        print("produced and consumed one record")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
