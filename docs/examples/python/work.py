"""Work distribution: tasks that workers share. A task that fails is tried again; one that fails three times is put aside
in a topic of its own, so that it does not hold up those behind it.

usage: work.py HOST:PORT
"""

import sys
import time

import grpc
from group import Member
from records import create_topic, delete_topic, produce

TASKS = 60
ATTEMPTS_MAX = 3


def main(address: str) -> None:
    with grpc.insecure_channel(address) as channel:
        tasks = create_topic(channel, "tasks", partitions=6)
        failed = create_topic(channel, "failed", partitions=1)
        produce(channel, tasks, ((str(task).encode(), b"task %d" % task) for task in range(TASKS)))

        tried: set[int] = set()
        done: set[int] = set()
        aside: set[int] = set()

        def work(task: int) -> None:
            """Some fail once, one for ever."""
            if task == 13 or (task % 10 == 0 and task not in tried):
                tried.add(task)
                raise ValueError(f"task {task} does not work out")

        def handle(entry) -> None:
            for record in entry.records:
                task = int(record.key)
                for attempt in range(1, ATTEMPTS_MAX + 1):
                    try:
                        work(task)
                        done.add(task)
                        break
                    except ValueError as error:
                        print(f"attempt {attempt}: {error}")
                        time.sleep(0.01 * 2**attempt)
                else:
                    # Once this is stored, the task counts as processed.
                    produce(channel, failed, [(record.key, record.value)])
                    aside.add(task)
            if len(done) + len(aside) == TASKS:
                member.close()

        member = Member(channel, group=tasks, topics=[tasks])
        member.run(handle)
        assert aside == {13} and len(done) == TASKS - 1, (done, aside)
        print(f"{len(done)} tasks done, {len(aside)} put aside")
        delete_topic(channel, tasks)
        delete_topic(channel, failed)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
