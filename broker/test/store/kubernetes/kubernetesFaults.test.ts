import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { ApiProxy, type Fate, type ProxiedRequest } from '@millrace/e2e/apiProxy';
import { ClusterAccess } from '@millrace/kube/clusterAccess';
import type { KubernetesStore } from '../../../src/store/kubernetes/kubernetesStore.ts';
import { BROKER_SPEC, BROKER_STATUS, withCode } from '../storedExamples.ts';
import { WatchRecord } from '../watchRecord.ts';
import { NEEDS_API_SERVER, RealApiServer } from './realApiServer.ts';

const NAME = '7';
const isStatusWrite = ({ method, path: url }: ProxiedRequest): boolean =>
  method === 'PUT' && url.endsWith('/status');

describe('the Kubernetes store', { skip: NEEDS_API_SERVER }, () => {
  const api = new RealApiServer();
  const opened: { close(): Promise<void> }[] = [];
  after(async () => {
    for (const each of opened) await each.close();
  });

  /** A store behind a proxy, another one straight to the API server, and a Broker in them. */
  async function prepared(deadlineMs = 5000): Promise<{
    proxy: ApiProxy;
    store: KubernetesStore;
    other: KubernetesStore;
    version: number;
  }> {
    const namespace = await api.freshNamespace();
    const proxy = await ApiProxy.start(ClusterAccess.fromFile(api.server.kubeconfig));
    const folder = mkdtempSync(path.join(tmpdir(), 'millrace-proxy-'));
    const store = api.store(namespace, { deadlineMs }, 'c', proxy.kubeconfig(folder));
    const other = api.store(namespace);
    opened.push(store, other, proxy);
    const created = {
      kind: 'Broker',
      name: NAME,
      spec: BROKER_SPEC,
      status: BROKER_STATUS,
    } as const;
    const [version = 0] = await other.create([created]);
    return { proxy, store, other, version };
  }

  const fenced = (expectedVersion: number) =>
    ({
      kind: 'Broker',
      name: NAME,
      expectedVersion,
      status: { ...BROKER_STATUS, fenced: true },
    }) as const;

  /** The fate of the first request that `of` says; all others pass. */
  function once(fate: Fate, of: (request: ProxiedRequest) => boolean): ApiProxy['decide'] {
    let isDone = false;
    return (request) => {
      if (isDone || !of(request)) return 'pass';
      isDone = true;
      return fate;
    };
  }

  it('waits as long as an overloaded server asks, then writes', async () => {
    const { proxy, store, version } = await prepared();
    proxy.decide = once('throttle', isStatusWrite);
    const startedMs = performance.now();
    const [written = 0] = await store.update([fenced(version)]);
    assert.ok(written > version);
    assert.ok(performance.now() - startedMs >= 990);
  });

  it('knows that nothing was written by a server that stays overloaded', async () => {
    const { proxy, store, other, version } = await prepared(1500);
    proxy.decide = (request) => (isStatusWrite(request) ? 'throttle' : 'pass');
    await assert.rejects(
      store.update([fenced(version)]),
      withCode('STORE_UNAVAILABLE', 'not-applied'),
    );
    assert.equal((await other.get('Broker', NAME))?.version, version);
  });

  it('does not know of a write whose answer was lost; reading tells, and again is a conflict', async () => {
    const { proxy, store, version } = await prepared();
    proxy.decide = once('lose-answer', isStatusWrite);
    await assert.rejects(store.update([fenced(version)]), withCode('STORE_UNAVAILABLE', 'unknown'));
    assert.equal((await store.get('Broker', NAME))?.status?.fenced, true);
    await assert.rejects(store.update([fenced(version)]), withCode('CONFLICT', 'not-applied'));
  });

  it('does not know of a write that is not answered in time', async () => {
    const { proxy, store, other, version } = await prepared(1500);
    proxy.decide = once('hold-answer', isStatusWrite);
    await assert.rejects(store.update([fenced(version)]), withCode('STORE_UNAVAILABLE', 'unknown'));
    assert.equal((await other.get('Broker', NAME))?.status?.fenced, true);
  });

  it('goes on with a watch that was cut, and misses and repeats nothing', async () => {
    const { proxy, store, other, version } = await prepared();
    const record = new WatchRecord(store, 'Broker', version);
    let last = version;
    const versions: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      for (const isFenced of [true, false]) {
        const status = { ...BROKER_STATUS, fenced: isFenced };
        [last = 0] = await other.update([{ ...fenced(last), status }]);
        versions.push(last);
        if (isFenced) proxy.cut();
      }
    }
    await record.untilVersion(last);
    record.stop();
    const seen = record.events.map((event) => (event.type === 'put' ? event.object.version : 0));
    assert.deepEqual(seen, versions);
  });

  it('is out of reach while the API server is down, and its watches go on when it is back', async () => {
    const { other: store, version } = await prepared();
    const record = new WatchRecord(store, 'Broker', version);
    await api.server.stopApi();
    try {
      const update = store.update([fenced(version)]);
      await assert.rejects(update, withCode('STORE_UNAVAILABLE'));
      await assert.rejects(store.list('Broker'), withCode('STORE_UNAVAILABLE', 'not-applied'));
      await assert.rejects(store.readLease(), withCode('STORE_UNAVAILABLE', 'not-applied'));
    } finally {
      await api.server.startApi();
    }
    const [written = 0] = await store.update([fenced(version)]);
    // By the restart the version may be too old for the server to watch from.
    await record.until((events) =>
      events.some(
        (event) =>
          event.type === 'resync' || (event.type === 'put' && event.object.version === written),
      ),
    );
    record.stop();
  });

  it('does not know of a write to a server that hangs, and answers in time', async () => {
    const { other, version } = await prepared();
    api.server.pauseApi();
    try {
      const startedMs = performance.now();
      await assert.rejects(
        other.update([fenced(version)]),
        withCode('STORE_UNAVAILABLE', 'unknown'),
      );
      assert.ok(performance.now() - startedMs < 20_000);
    } finally {
      api.server.resumeApi();
    }
  });

  it('asks for a listing where a backup was restored: versions go back', async () => {
    const { other: store, version } = await prepared();
    await api.server.backup('before');
    let [last = 0] = await store.update([fenced(version)]);
    const record = new WatchRecord(store, 'Broker', last);
    await api.server.restore('before');
    await record.until((events) => events.some(({ type }) => type === 'resync'));
    const found = await store.get('Broker', NAME);
    assert.equal(found?.version, version);
    assert.equal(found?.status?.fenced, false);
    // What was read before the restoration is refused, or names a version that is still to come.
    await assert.rejects(store.update([fenced(last)]), withCode('CONFLICT', 'not-applied'));
    [last = 0] = await store.update([fenced(version)]);
    assert.ok(last > version);
  });
});
