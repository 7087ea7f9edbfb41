/** A copy that moves away and is wanted back before its files are gone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrokerId } from '@millrace/core/ids';
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { TopicMetadata } from '../../src/cluster/metadata.ts';
import { MetadataCache } from '../../src/cluster/metadataCache.ts';
import type { EngineRule, EngineRulesOff } from '../../src/engine/engineRules.ts';
import { LocalReplicas } from '../../src/engine/localReplicas.ts';
import { Topics } from '../../src/engine/topics.ts';
import { silentLogger } from '../../src/io/logger.ts';
import { topicId } from '../log/directoryWorld.ts';
import { ReplicaWorld } from '../replication/replicaWorld.ts';

const HERE = 2 as BrokerId;
const ELSEWHERE = [0, 1] as BrokerId[];
const config = { batchBytesMax: '8192', segmentBytesMax: '16384', indexIntervalBytes: '512' };

async function replicasHere(rulesOff: EngineRulesOff = new Set()) {
  const world = await ReplicaWorld.start(91);
  const broker = world.broker(HERE);
  const { directory, replication, clock } = broker;
  assert.ok(directory !== undefined && replication !== undefined);
  replication.remove(broker.partition());
  const cache = new MetadataCache();
  const tell = { copies() {}, copyFailed() {}, deleted() {}, resigned() {} };
  const replicas = new LocalReplicas({
    brokerId: HERE,
    directory,
    topics: new Topics(),
    cache,
    cached: undefined,
    replication,
    clock,
    logger: silentLogger,
    rulesOff,
    tell,
  });
  let seq = 0;
  /** All that the controller knows. */
  const image = (topics: readonly TopicMetadata[]): void => {
    seq += 1;
    const brokers = { controllerId: 0 as BrokerId, featureLevel: 1, brokers: [] };
    const applied = cache.applyImage({ controllerEpoch: 1, seq, ...brokers, topics });
    assert.ok(applied !== undefined);
    replicas.metadataChanged(applied);
  };
  /** The controller says who holds the partition. */
  const assign = (change: Partial<PartitionStatus>): void => {
    const status = { ...world.status(), ...change, epoch: world.status().epoch + seq + 1 };
    const topic = { topicId, name: 't', replicationFactor: 2, config, configSet: [] };
    image([{ ...topic, deleted: false, partitions: [status] }]);
  };
  const forgetTopic = (): void => image([]);
  return { world, directory, replicas, assign, forgetTopic };
}

test('a copy that is wanted again while it is being deleted is made anew, and that one is served', async () => {
  const { world, directory, replicas, assign } = await replicasHere();
  assign({});
  const before = directory.get(topicId, 0);
  assert.deepEqual(
    Array.from(replicas.all(), ({ log }) => log),
    [before],
  );
  // Its configuration is changed; nothing else waits for the disk then.
  await world.run(1000);
  // The deletion looks at the metadata and begins.
  assign({ replicas: ELSEWHERE });
  assign({ replicas: ELSEWHERE, adding: [HERE] });
  await world.until(() => {
    const [served] = replicas.all();
    return served !== undefined && served.log !== before;
  });
  const [served] = replicas.all();
  assert.equal(served?.log, directory.get(topicId, 0));
  assert.equal(served?.log.failure, undefined);
});

/** What must not cost a copy: each with the clause of rule 25 without which it would. */
const KEPT: Readonly<
  Record<string, readonly [EngineRule, (here: Awaited<ReturnType<typeof replicasHere>>) => void]>
> = {
  'of a topic that the store lost': ['unknown-topics-kept', ({ forgetTopic }) => forgetTopic()],
  'that moves away while the others are not in sync yet': [
    'moved-copy-kept',
    ({ assign }) =>
      assign({ replicas: [ELSEWHERE[0] as BrokerId], adding: [ELSEWHERE[1] as BrokerId] }),
  ],
};

for (const [what, [rule, happens]] of Object.entries(KEPT)) {
  const isKept = async (rulesOff: EngineRulesOff): Promise<boolean> => {
    const here = await replicasHere(rulesOff);
    here.assign({});
    await here.world.run(1000);
    const before = here.directory.get(topicId, 0);
    assert.ok(before !== undefined);
    happens(here);
    await here.world.run(5000);
    return here.directory.get(topicId, 0) === before;
  };

  test(`a copy ${what} is kept`, async () => assert.ok(await isKept(new Set())));

  test(`a copy ${what} is deleted with ${rule} off`, async () => {
    assert.equal(await isKept(new Set([rule])), false);
  });
}
