"""Topics and records of the examples."""

import uuid
from collections.abc import Iterable

import grpc

from millrace.v1 import admin_pb2, admin_pb2_grpc, common_pb2
from millrace.v1 import producer_pb2, producer_pb2_grpc

BATCH_RECORDS = 500


def create_topic(channel: grpc.Channel, prefix: str, partitions: int) -> str:
    topic = f"{prefix}-{uuid.uuid4().hex[:8]}"
    admin = admin_pb2_grpc.AdminStub(channel)
    admin.CreateTopic(admin_pb2.CreateTopicRequest(name=topic, partitions=partitions))
    return topic


def delete_topic(channel: grpc.Channel, topic: str) -> None:
    admin_pb2_grpc.AdminStub(channel).DeleteTopic(admin_pb2.DeleteTopicRequest(topic_name=topic))


def produce(channel: grpc.Channel, topic: str, pairs: Iterable[tuple[bytes | None, bytes]]) -> None:
    """Keys decide the partition; records without one are spread. Returns once all are on disk."""
    producer = producer_pb2_grpc.ProducerStub(channel)
    records = [common_pb2.Record(key=key, value=value) for key, value in pairs]
    for start in range(0, len(records), BATCH_RECORDS):
        entry = producer_pb2.ProduceEntry(
            topic_name=topic, records=records[start : start + BATCH_RECORDS]
        )
        reply = producer.Produce(producer_pb2.ProduceRequest(entries=[entry]))
        for result in reply.results:
            if result.HasField("error"):
                raise RuntimeError(f"{result.error.code}: {result.error.message}")
