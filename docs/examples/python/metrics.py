"""Metrics and log shipping: many small records, taken out batch by batch and written somewhere else. Offsets are
committed once that has happened: nothing is lost, and little is doubled.

usage: metrics.py HOST:PORT
"""

import collections
import json
import sys

import grpc
from group import Member
from records import create_topic, delete_topic, produce

LINES = 5_000
LEVELS = ["info", "info", "info", "warn", "error"]


def main(address: str) -> None:
    with grpc.insecure_channel(address) as channel:
        topic = create_topic(channel, "logs", partitions=3)
        lines = ({"host": f"web-{n % 7}", "level": LEVELS[n % 5], "line": n} for n in range(LINES))
        produce(channel, topic, ((None, json.dumps(line).encode()) for line in lines))

        # Stands for a store of logs: it takes a line twice without harm.
        shipped: dict[tuple[int, int], dict] = {}

        def ship(entry) -> None:
            for record in entry.records:
                shipped[entry.partition, record.offset] = json.loads(record.value)
            if len(shipped) == LINES:
                member.close()

        member = Member(channel, group=topic, topics=[topic])
        member.run(ship)
        levels = collections.Counter(line["level"] for line in shipped.values())
        assert levels == {"info": 3_000, "warn": 1_000, "error": 1_000}, levels
        print(f"{LINES} lines: {levels['error']} errors")
        delete_topic(channel, topic)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
