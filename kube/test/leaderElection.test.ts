import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { KubeClient } from '../src/kubeClient.ts';
import { LeaderElection } from '../src/leaderElection.ts';

it('the Lease is lost when its time is over, whatever the call that renews it does', async () => {
  const elected = Promise.withResolvers<void>();
  const lost = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<object>();
  const lease = { metadata: { name: 'l', resourceVersion: '1' } };
  const client = {
    get: () => Promise.resolve(undefined),
    create: () => Promise.resolve(lease),
    put: () => answer.promise,
  };
  const election = new LeaderElection({
    client: client as unknown as KubeClient,
    namespace: 'n',
    name: 'l',
    identity: 'me',
    leaseDurationMs: 400,
    renewDeadlineMs: 200,
    retryMs: 10,
    onElected: () => elected.resolve(),
    onLost: () => lost.resolve(),
  });
  await elected.promise;
  await lost.promise;
  assert.equal(election.isLeader, false);
  const stopped = election.stop();
  // Too late: it is no leader by it.
  answer.resolve(lease);
  await stopped;
  assert.equal(election.isLeader, false);
});
