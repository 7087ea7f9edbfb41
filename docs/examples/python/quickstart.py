"""Create a topic, produce, consume and handle an error, with stubs generated from proto/ (see ../README.md).

usage: quickstart.py HOST:PORT [DATA_HOST:PORT]
"""

import sys
import uuid

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from millrace.v1 import admin_pb2, admin_pb2_grpc, common_pb2
from millrace.v1 import consumer_pb2, consumer_pb2_grpc
from millrace.v1 import producer_pb2, producer_pb2_grpc


def main(address: str, data_address: str | None) -> None:
    with grpc.insecure_channel(address) as channel:
        topic = f"python-{uuid.uuid4().hex[:8]}"
        admin = admin_pb2_grpc.AdminStub(channel)
        admin.CreateTopic(admin_pb2.CreateTopicRequest(name=topic, partitions=2))

        produced = produce(channel, topic)
        consumed = consume(channel, topic)
        assert consumed == produced, (consumed, produced)
        print(f"read back {len(consumed)} records as they were written")

        stream(channel, topic)
        if data_address is not None:
            with grpc.insecure_channel(data_address) as data:
                stream(data, topic)
                assert len(consume(data, topic)) == len(produced) + 2 * 3
                print("the data port takes the same streams")

        produce_once(channel)
        handle_error(channel)
        admin.DeleteTopic(admin_pb2.DeleteTopicRequest(topic_name=topic))


def produce(channel: grpc.Channel, topic: str) -> dict[tuple[int, int], tuple]:
    """One unary call; answers with the partition and offset of every record."""
    records = [
        common_pb2.Record(
            key=f"user-{n % 3}".encode(),
            value=f"event {n}".encode(),
            headers=[common_pb2.Header(key="source", value=b"python")],
        )
        for n in range(10)
    ]
    # An absent value is a null, which is not an empty one.
    records.append(common_pb2.Record(key=b"user-0"))
    producer = producer_pb2_grpc.ProducerStub(channel)
    reply = producer.Produce(
        producer_pb2.ProduceRequest(
            entries=[producer_pb2.ProduceEntry(topic_name=topic, records=records)]
        )
    )
    produced = {}
    for result in reply.results:
        indexes = result.record_indexes or range(result.record_count)
        for position, index in enumerate(indexes):
            record = records[index]
            value = record.value if record.HasField("value") else None
            produced[result.partition, result.base_offset + position] = (record.key, value)
    print(f"produced {len(produced)} records to {len(reply.results)} partitions")
    return produced


def consume(channel: grpc.Channel, topic: str) -> dict[tuple[int, int], tuple]:
    """Every partition from its first record to its end. Leave stop_at_end out to follow the log for ever."""
    consumer = consumer_pb2_grpc.ConsumerStub(channel)
    request = consumer_pb2.FetchRequest(
        partitions=[consumer_pb2.FetchPartition(topic_name=topic)], stop_at_end=True
    )
    consumed = {}
    for reply in consumer.Fetch(request, timeout=30):
        for entry in reply.entries:
            if entry.HasField("error"):
                raise RuntimeError(f"{entry.error.code}: {entry.error.message}")
            for record in entry.records:
                value = record.value if record.HasField("value") else None
                consumed[entry.partition, record.offset] = (record.key, value)
    return consumed


def stream(channel: grpc.Channel, topic: str) -> None:
    """Many requests on one stream; acknowledgements carry the correlation of their request."""
    producer = producer_pb2_grpc.ProducerStub(channel)
    requests = (
        producer_pb2.ProduceStreamRequest(
            correlation=number,
            entries=[
                producer_pb2.ProduceEntry(
                    topic_name=topic, partition=0, records=[common_pb2.Record(value=b"streamed")]
                )
            ],
        )
        for number in range(1, 4)
    )
    acknowledged = {}
    for reply in producer.ProduceStream(requests, timeout=30):
        for row in reply.results:
            assert not row.result.HasField("error"), row.result.error
            acknowledged[row.correlation] = row.result.base_offset
    assert sorted(acknowledged) == [1, 2, 3], acknowledged
    offsets = [acknowledged[number] for number in sorted(acknowledged)]
    assert offsets == sorted(offsets), offsets
    print(f"streamed 3 requests, acknowledged at offsets {offsets}")


def produce_once(channel: grpc.Channel) -> None:
    """With an id and a sequence a request can be sent again: its records are in the log once."""
    topic = f"python-once-{uuid.uuid4().hex[:8]}"
    admin = admin_pb2_grpc.AdminStub(channel)
    admin.CreateTopic(admin_pb2.CreateTopicRequest(name=topic, partitions=1))
    producer = producer_pb2_grpc.ProducerStub(channel)
    own = producer.InitProducer(producer_pb2.InitProducerRequest())
    request = producer_pb2.ProduceRequest(
        entries=[
            producer_pb2.ProduceEntry(
                topic_name=topic,
                partition=0,
                producer_id=own.producer_id,
                producer_epoch=own.producer_epoch,
                first_sequence=0,
                records=[common_pb2.Record(value=b"one"), common_pb2.Record(value=b"two")],
            )
        ]
    )
    # The second time stands for a client that got no answer to the first.
    offsets = [producer.Produce(request).results[0].base_offset for _ in range(2)]
    assert offsets == [0, 0], offsets
    stored = consume(channel, topic)
    assert [value for _, value in stored.values()] == [b"one", b"two"], stored
    print("sent 2 records twice, stored once")
    admin.DeleteTopic(admin_pb2.DeleteTopicRequest(topic_name=topic))


def handle_error(channel: grpc.Channel) -> None:
    """Every error says what became of the request and whether a retry helps."""
    producer = producer_pb2_grpc.ProducerStub(channel)
    request = producer_pb2.ProduceRequest(
        entries=[
            producer_pb2.ProduceEntry(
                topic_name="no-such-topic", records=[common_pb2.Record(value=b"lost?")]
            )
        ]
    )
    try:
        producer.Produce(request)
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.NOT_FOUND, error
        info = error_details_pb2.ErrorInfo()
        for detail in rpc_status.from_call(error).details:
            if detail.Is(info.DESCRIPTOR):
                detail.Unpack(info)
        assert info.reason == "UNKNOWN_TOPIC", info
        assert info.metadata["outcome"] == "not-applied", info
        print(f"refused with {info.reason}, outcome {info.metadata['outcome']}")
    else:
        raise AssertionError("a topic that does not exist took a record")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2] if len(sys.argv) == 3 else None)
