/** A producer on three real brokers whose leaders are killed, stopped and paused: nothing lost, doubled or failed. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { Millrace } from '../src/millrace.ts';
import { assertRight, SendLedger } from './sendLedger.ts';
import { ThreeBrokers, until } from './threeBrokers.ts';

/** Of leaders; more for a longer run. */
const BLOWS = Number(process.env.MILLRACE_CLIENT_BLOWS ?? 2);
const PARTITIONS = [0, 1, 2];

interface Stage {
  readonly cluster: ThreeBrokers;
  readonly ledgers: readonly SendLedger[];
}

/** A record that was sent from now on is acknowledged in each partition. */
async function servedEverywhere({ ledgers }: Stage): Promise<void> {
  const before = ledgers.map(({ acknowledged }) => acknowledged);
  const isServed = () => ledgers.every((each, at) => each.acknowledged > (before[at] ?? 0) + 150);
  await until(isServed, 'every partition takes records');
}

async function underLoad(t: TestContext, play: (stage: Stage) => Promise<void>) {
  const cluster = await ThreeBrokers.start(t, { MILLRACE_BROKER_SESSION_TIMEOUT_MS: '4s' });
  await cluster.createTopic('t', PARTITIONS.length);
  const client = new Millrace({ server: cluster.servers, connectTimeoutMs: 2_000 });
  t.after(() => client.close().catch(() => {}));
  const producer = client.producer({ lingerMs: 1 });
  const ledgers = PARTITIONS.map((partition) => new SendLedger(producer, 't', partition));
  const stage = { cluster, ledgers };
  await servedEverywhere(stage);
  await play(stage);
  await servedEverywhere(stage);
  await Promise.all(ledgers.map((ledger) => ledger.end()));
  await cluster.whole('t');
  const judgements = await Promise.all(ledgers.map((ledger) => ledger.judge(cluster.client)));
  const failures = ledgers.flatMap((ledger) => ledger.failures);
  t.diagnostic(`${ledgers.map(({ acknowledged }) => acknowledged).join(', ')} acknowledged`);
  return { judgements, failures };
}

test(`no record is lost, doubled or failed by ${BLOWS} kill -9 of leaders under load`, async (t) => {
  const { judgements, failures } = await underLoad(t, async (stage) => {
    const { cluster } = stage;
    for (let blow = 0; blow < BLOWS; blow++) {
      await cluster.whole('t');
      const leader = await cluster.leaderOf('t', blow % PARTITIONS.length);
      await cluster.broker(leader).kill();
      await servedEverywhere(stage);
      await cluster.restart(leader);
    }
  });
  assert.deepEqual(failures, []);
  for (const judgement of judgements) assertRight(judgement);
});

test('a broker that stops in an orderly way fails no record', async (t) => {
  const { judgements, failures } = await underLoad(t, async (stage) => {
    const { cluster } = stage;
    for (let blow = 0; blow < 2; blow++) {
      await cluster.whole('t');
      const leader = await cluster.leaderOf('t', blow);
      assert.equal(await cluster.broker(leader).stop(), 0);
      await servedEverywhere(stage);
      await cluster.restart(leader);
    }
  });
  assert.deepEqual(failures, []);
  for (const judgement of judgements) assertRight(judgement);
});

test('a leader that says nothing for a while is gone past, and doubles nothing when it wakes', async (t) => {
  const { judgements, failures } = await underLoad(t, async (stage) => {
    const { cluster } = stage;
    const { controllerId } = await cluster.client.admin.describeCluster();
    const leaders = await Promise.all(PARTITIONS.map((each) => cluster.leaderOf('t', each)));
    // Each leads one partition; the controller is silent another time.
    const leader = leaders.find((id) => id !== controllerId);
    assert.ok(leader !== undefined);
    const { pid } = cluster.broker(leader);
    const fromMs = performance.now();
    process.kill(pid, 'SIGSTOP');
    try {
      await servedEverywhere(stage);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    t.diagnostic(`served everywhere after ${Math.round(performance.now() - fromMs)} ms`);
  });
  assert.deepEqual(failures, []);
  for (const judgement of judgements) assertRight(judgement);
});
