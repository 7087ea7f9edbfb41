import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { INITIALIZED_ANNOTATION } from '@millrace/core/resources/custom/resourceNames';
import { toTopicId } from '@millrace/core/ids';
import type { UntypedObject } from '@millrace/kube/kubeObject';
import type { KubernetesStore } from '../../../src/store/kubernetes/kubernetesStore.ts';
import { ASSIGNMENTS } from '../../../src/store/kubernetes/storedKinds.ts';
import { assignmentSpec, assignmentStatus, TOPIC_ID } from '../storedExamples.ts';
import { WatchRecord } from '../watchRecord.ts';
import { NEEDS_API_SERVER, RealApiServer } from './realApiServer.ts';

const NAME = `${toTopicId(TOPIC_ID)}-0`;

describe('the record of partitions that had a leader', { skip: NEEDS_API_SERVER }, () => {
  const api = new RealApiServer();
  const stores: KubernetesStore[] = [];
  after(async () => {
    for (const store of stores) await store.close();
  });

  async function created(): Promise<{
    store: KubernetesStore;
    namespace: string;
    version: number;
    read: () => Promise<UntypedObject>;
  }> {
    const namespace = await api.freshNamespace();
    const store = api.store(namespace);
    stores.push(store);
    const spec = assignmentSpec([[0], [0]]);
    const [version = 0] = await store.create([{ kind: 'PartitionAssignment', name: NAME, spec }]);
    const read = async (): Promise<UntypedObject> =>
      (await api.admin.get<UntypedObject>(ASSIGNMENTS, namespace, NAME)) ??
      assert.fail('it is gone');
    return { store, namespace, version, read };
  }

  const change = (expectedVersion: number, partitions = 2) =>
    ({
      kind: 'PartitionAssignment',
      name: NAME,
      expectedVersion,
      status: assignmentStatus(partitions),
    }) as const;

  it('is written before the write of the status resolves', async () => {
    const { store, version, read } = await created();
    const [written] = await store.update([change(version)]);
    const { metadata } = await read();
    assert.equal(metadata.annotations?.[INITIALIZED_ANNOTATION], '3');
    assert.equal(metadata.resourceVersion, String(written));
  });

  it('is written by whoever finds it missing, and the status is shown to nobody before', async () => {
    const { store, namespace, version, read } = await created();
    const record = new WatchRecord(store, 'PartitionAssignment', version);
    // As a controller that died in between leaves it.
    const { metadata, spec } = await read();
    const half = { metadata, spec, status: assignmentStatus(1) };
    await api.admin.put(ASSIGNMENTS, namespace, half, { subresource: 'status' });
    const { objects } = await store.list('PartitionAssignment');
    const marked = await read();
    assert.equal(marked.metadata.annotations?.[INITIALIZED_ANNOTATION], '1');
    assert.equal(objects[0]?.version, Number(marked.metadata.resourceVersion));
    await record.untilVersion(objects[0]?.version ?? 0);
    record.stop();
    assert.equal(record.events.length, 1);
  });

  it('tells that a status was lost: by a backup that has none, or under another uid', async () => {
    const { store, namespace, version, read } = await created();
    await store.update([change(version)]);
    const { metadata, spec } = await read();
    await api.admin.delete(ASSIGNMENTS, namespace, NAME);
    const { name, labels, annotations } = metadata;
    await api.admin.create(ASSIGNMENTS, namespace, {
      metadata: { name, labels, annotations },
      spec,
    });
    const found = await store.get('PartitionAssignment', NAME);
    assert.equal(found?.status, undefined);
    assert.deepEqual(found?.lost, [0, 1]);
  });
});
