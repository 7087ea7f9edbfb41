"""Activity tracking: what users do, in the order in which each of them did it. The user is the key, so that all of one
user's events go to one partition; two members of a group share the partitions, and each keeps that order.

usage: activity.py HOST:PORT
"""

import json
import sys
import threading

import grpc
from group import Member
from records import create_topic, delete_topic, produce

USERS = 20
EVENTS = 15


def main(address: str) -> None:
    with grpc.insecure_channel(address) as channel:
        topic = create_topic(channel, "activity", partitions=4)
        events = [(user, event) for event in range(EVENTS) for user in range(USERS)]
        produce(
            channel,
            topic,
            ((f"user-{user}".encode(), json.dumps({"event": event}).encode()) for user, event in events),
        )

        paths: dict[str, list[int]] = {}
        members = [Member(channel, group=topic, topics=[topic]) for _ in range(2)]
        lock = threading.Lock()

        def track(entry) -> None:
            with lock:
                for record in entry.records:
                    path = paths.setdefault(record.key.decode(), [])
                    event = json.loads(record.value)["event"]
                    # At least once: whoever takes a partition over may get its last records again.
                    if event not in path:
                        path.append(event)
                if sum(map(len, paths.values())) == len(events):
                    all_read.set()

        all_read = threading.Event()
        threads = [threading.Thread(target=member.run, args=[track]) for member in members]
        for thread in threads:
            thread.start()
        assert all_read.wait(60), paths
        for member, thread in zip(members, threads):
            member.close()
            thread.join()
        assert all(path == list(range(EVENTS)) for path in paths.values()), paths
        print(f"{len(paths)} users, each in order")
        delete_topic(channel, topic)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
