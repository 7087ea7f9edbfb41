import type { PartitionRef } from '@millrace/core/assignors/partitionRef';
import { readBatchHeader } from '@millrace/core/batchHeader';
import { decodeRecords } from '@millrace/core/batchReader';
import { toBrokerId } from '@millrace/core/ids';
import { GROUPS_TOPIC } from '@millrace/core/internalTopics';
import { topicConfigValues } from '@millrace/core/topicConfig';
import { newAssignments } from '../../../src/controller/assignmentChunks.ts';
import { internalTopicId } from '../../../src/controller/internalTopics.ts';
import { Groups } from '../../../src/engine/groups.ts';
import type { GroupRecord } from '../../../src/groups/groupRecord.ts';
import { decodeGroupRecord } from '../../../src/groups/groupRecordCodec.ts';
import { SimProcess } from '../../../src/io/sim/simProcess.ts';
import type { Partition } from '../../../src/replication/partition.ts';
import { replayChecked } from '../../groups/groupLog.ts';
import { GROUP } from '../../groups/groupWorld.ts';
import { SimViolation } from '../../log/sim/simViolation.ts';
import { type ClusterWorld, partitionKey } from './clusterWorld.ts';
import { GroupLedger } from './groupLedger.ts';
import { SimClient } from './simClient.ts';
import { SimGroupSeat } from './simGroupSeat.ts';
import type { SimMachine } from './simMachine.ts';
import type { TopicBook } from './topicBook.ts';

const SEATS = 3;
/** Virtual time within which a group that nobody hurts has processed and committed everything. */
const DRAIN_MS_MAX = 60_000;

/** A group of consumers of all topics, on hosts of its own. */
export class SimGroup {
  readonly ledger: GroupLedger;
  readonly seats: readonly SimGroupSeat[];
  readonly #world: ClusterWorld;
  readonly #machines: readonly SimMachine[];
  readonly #book: TopicBook;

  constructor(world: ClusterWorld, machines: readonly SimMachine[], book: TopicBook) {
    this.#world = world;
    this.#machines = machines;
    this.#book = book;
    this.ledger = new GroupLedger(world);
    this.seats = Array.from({ length: SEATS }, (_, id) => {
      return new SimGroupSeat(new SimClient(world, machines, `m${id}`), book, this.ledger);
    });
  }

  get clients(): readonly SimClient[] {
    return this.seats.map(({ client }) => client);
  }

  /** As the operator would, but small: with the partition of the group and those before it. */
  async createTopic(): Promise<void> {
    const { name, config: values } = GROUPS_TOPIC;
    const { clusterId, scheduler } = this.#world;
    const given = { ...values, segmentBytesMax: '8192', batchBytesMax: '8192' };
    const config = topicConfigValues(given, { replicationFactor: 3 });
    const topicId = internalTopicId(clusterId, name);
    const replicas = Array.from({ length: Groups.partitionOf(GROUP) + 1 }, (_, p) =>
      [0, 1, 2].map((at) => toBrokerId((at + p) % 3)),
    );
    const objects = newAssignments({ topicId, topicName: name, clusterId, config }, replicas, 0);
    const store = this.#world.store.open(new SimProcess(scheduler), 'operator');
    await scheduler.settle(store.create(objects), 2_000_000);
    await this.#world.runUntil(() => this.#coordinator() !== undefined, DRAIN_MS_MAX);
  }

  start(): void {
    for (const seat of this.seats) seat.start();
  }

  /** At least once: every record that is committed in its partition is processed, and then committed by the group. */
  async drain(): Promise<void> {
    const isDone = (): boolean => this.#left().length === 0;
    if (!(await this.#world.runUntil(isDone, DRAIN_MS_MAX, 100))) {
      throw new SimViolation(
        `the group is not done after ${DRAIN_MS_MAX} ms: ${this.#left().join('; ')}`,
      );
    }
    for (const { client } of this.seats) client.stop();
  }

  /** What the coordinators have written, from the first record on. */
  async checkLog(): Promise<void> {
    const partition = this.#coordinator();
    if (partition === undefined) throw new SimViolation('nobody leads the partition of the group');
    const records = await this.#world.scheduler.settle(recordsIn(partition), 1_000_000);
    const { groups } = replayChecked(records, GROUP);
    for (const ref of this.#refs()) {
      const committed = groups.get(GROUP)?.offsets.get(ref)?.offset ?? 0;
      this.ledger.answered('the log', ref, committed, this.#world.nowMs);
    }
    this.#world.throwIfViolated();
  }

  #left(): string[] {
    return this.#refs().flatMap((ref) => {
      const end = this.#endOf(ref);
      const committed = this.ledger.floor(ref, Number.POSITIVE_INFINITY);
      return end !== undefined && committed >= end ? [] : [`${ref} is at ${committed} of ${end}`];
    });
  }

  #refs(): PartitionRef[] {
    return this.#book.live.flatMap(({ topicId, partitions }) =>
      Array.from({ length: partitions }, (_, p) => partitionKey(topicId, p) as PartitionRef),
    );
  }

  /** Undefined: nobody leads it. */
  #endOf(ref: PartitionRef): number | undefined {
    const leaders = this.#partitions().filter(
      ({ identity, role }) =>
        role === 'leader' && partitionKey(identity.topicId, identity.partition) === ref,
    );
    return leaders.length === 0
      ? undefined
      : Math.max(...leaders.map(({ log }) => log.logEndOffset));
  }

  /** The partition that the group's coordinator leads. */
  #coordinator(): Partition | undefined {
    return this.#partitions().find(
      ({ identity: { topicName, partition }, role }) =>
        role === 'leader' &&
        topicName === GROUPS_TOPIC.name &&
        partition === Groups.partitionOf(GROUP),
    );
  }

  #partitions(): Partition[] {
    return this.#machines.flatMap(({ member }) => [...(member?.partitions() ?? [])]);
  }
}

async function recordsIn({ log }: Partition): Promise<GroupRecord[]> {
  const records: GroupRecord[] = [];
  const cursor = log.openCursor(log.logStartOffset);
  for (;;) {
    const slice = await cursor.next({ bytesMax: 64 * 1024, before: log.logEndOffset });
    if (slice.bytes === 0) return records;
    for (const buffer of slice.buffers) {
      for (let at = 0; at < buffer.length; ) {
        const header = readBatchHeader(buffer, at);
        for (const { key, value } of decodeRecords(buffer, at, header, { maxBytes: 1 << 24 })) {
          const record = decodeGroupRecord(key, value);
          if (record !== undefined) records.push(record);
        }
        at += header.sizeBytes;
      }
    }
  }
}
