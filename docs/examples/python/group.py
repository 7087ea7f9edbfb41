"""A member of a consumer group with a stock gRPC client: one Consume call does it all."""

import queue
import uuid
from collections.abc import Callable

import grpc

from millrace.v1 import consumer_pb2, consumer_pb2_grpc, groups_pb2

SESSION_MS = 10_000


class Member:
    """The broker keeps its session as long as the stream lasts, and sends the records of what it is assigned."""

    def __init__(self, channel: grpc.Channel, group: str, topics: list[str]) -> None:
        self._said: queue.SimpleQueue = queue.SimpleQueue()
        join = groups_pb2.GroupJoin(topics=topics, session_timeout_ms=SESSION_MS)
        member_id = str(uuid.uuid4())
        self._say(start=consumer_pb2.ConsumeStart(group=group, member_id=member_id, join=join))
        requests = iter(self._said.get, None)
        self._responses = consumer_pb2_grpc.ConsumerStub(channel).Consume(requests)

    def run(self, handle: Callable[[consumer_pb2.FetchEntry], None]) -> None:
        """Hands over some records of one partition at a time and commits them; returns once it was closed.

        What `handle` raises ends the member: what it had is read again by the others, from the last commit on."""
        try:
            for response in self._responses:
                frame = response.WhichOneof("frame")
                if frame == "assignment":
                    self._assigned(response.assignment)
                elif frame == "records":
                    for entry in response.records.entries:
                        if entry.HasField("error"):
                            raise RuntimeError(f"{entry.error.code}: {entry.error.message}")
                        if entry.records:
                            handle(entry)
                            self._commit(entry)
                elif response.committed.HasField("error"):
                    raise RuntimeError(f"not committed: {response.committed.error.code}")
        finally:
            self.close()

    def close(self) -> None:
        """Leaves: the others have its partitions at once. From any thread."""
        self._said.put(None)

    def _assigned(self, assignment: groups_pb2.GroupAssignment) -> None:
        # All that came of these before is handled and committed: they may go.
        if assignment.revoking:
            self._say(revoked=consumer_pb2.ConsumeRevoked(revision=assignment.revision))

    def _commit(self, entry: consumer_pb2.FetchEntry) -> None:
        offset = groups_pb2.OffsetToCommit(
            topic_id=entry.topic_id,
            partition=entry.partition,
            offset=entry.next_offset,
            leader_epoch=entry.leader_epoch,
        )
        self._say(commit=consumer_pb2.ConsumeCommit(offsets=[offset]))

    def _say(self, **frame: object) -> None:
        self._said.put(consumer_pb2.ConsumeRequest(**frame))
