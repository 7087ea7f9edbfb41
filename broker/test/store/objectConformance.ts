import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AnyNewObject, ClusterStore } from '../../src/store/clusterStore.ts';
import type { ConformanceSubject } from './conformanceSubject.ts';
import {
  assignmentSpec,
  assignmentStatus,
  BROKER_SPEC,
  BROKER_STATUS,
  CLUSTER_ID,
  createCounter,
  takeNumber,
  TOPIC_ID,
  topicSpec,
  withCode,
} from './storedExamples.ts';

/** Reads, compare-and-set writes and listings. */
export function objectConformance(subject: ConformanceSubject): void {
  describe('objects', () => {
    it('are read as they were written, by every process, under the version that the write resolved to', async () => {
      const objects: AnyNewObject[] = [
        {
          kind: 'Topic',
          name: 'flights',
          spec: topicSpec('flights'),
          status: { topicId: TOPIC_ID },
        },
        {
          kind: 'PartitionAssignment',
          name: `${TOPIC_ID}-0`,
          spec: assignmentSpec([[0], [0]]),
          status: assignmentStatus(2),
        },
        { kind: 'Broker', name: '0', spec: BROKER_SPEC, status: BROKER_STATUS },
        { kind: 'ClusterState', name: 'x', spec: { clusterId: CLUSTER_ID, featureLevel: 1 } },
      ];
      const versions = await subject.store.create(objects);
      assert.equal(versions.length, objects.length);
      for (const [index, object] of objects.entries()) {
        const found = await subject.other.get(object.kind, object.name);
        assert.deepEqual(found, { status: undefined, ...object, version: versions[index] });
      }
    });

    it('that are absent are undefined, also under another kind', async () => {
      const name = subject.freshName();
      assert.equal(await subject.store.get('Topic', name), undefined);
      await subject.createTopic(name);
      assert.equal(await subject.store.get('Broker', name), undefined);
    });

    it('are not created where the name is taken', async () => {
      const name = subject.freshName();
      const version = await subject.createTopic(name);
      const again = { kind: 'Topic', name, spec: topicSpec('other') } as const;
      await assert.rejects(subject.other.create([again]), withCode('CONFLICT', 'not-applied'));
      const found = await subject.store.get('Topic', name);
      assert.equal(found?.version, version);
      assert.equal(found?.spec.topicName, name);
    });

    it('keep one half while the other is written', async () => {
      const name = subject.freshName();
      const created = await subject.createTopic(name);
      const status = { topicId: TOPIC_ID };
      const [second] = await subject.store.update([
        { kind: 'Topic', name, expectedVersion: created, status },
      ]);
      assert.ok(second !== undefined && second > created);
      const [third] = await subject.other.update([
        { kind: 'Topic', name, expectedVersion: second, spec: topicSpec(name, 7) },
      ]);
      assert.ok(third !== undefined && third > second);
      const found = await subject.store.get('Topic', name);
      assert.deepEqual(found?.status, status);
      assert.equal(found?.spec.partitions, 7);
      assert.equal(found?.version, third);
    });

    it('are not changed against an older version, nor once they are gone', async () => {
      const name = subject.freshName();
      const created = await subject.createTopic(name);
      const change = {
        kind: 'Topic',
        name,
        expectedVersion: created,
        spec: topicSpec(name, 2),
      } as const;
      const [changed] = await subject.store.update([change]);
      assert.ok(changed !== undefined);
      await assert.rejects(subject.other.update([change]), withCode('CONFLICT', 'not-applied'));
      await subject.store.delete('Topic', name, changed);
      await assert.rejects(
        subject.other.update([{ ...change, expectedVersion: changed }]),
        withCode('CONFLICT', 'not-applied'),
      );
      assert.equal(await subject.store.get('Topic', name), undefined);
    });

    it('never get a version again, not even a later object of the name', async () => {
      const name = subject.freshName();
      const created = await subject.createTopic(name);
      await subject.store.delete('Topic', name, created);
      const second = await subject.createTopic(name);
      assert.ok(second > created);
      const change = {
        kind: 'Topic',
        name,
        expectedVersion: created,
        spec: topicSpec('x'),
      } as const;
      await assert.rejects(subject.store.update([change]), withCode('CONFLICT'));
      await assert.rejects(subject.store.delete('Topic', name, created), withCode('CONFLICT'));
    });

    it('are deleted only in the version that was read; a second time is no error', async () => {
      const name = subject.freshName();
      const version = await subject.createTopic(name);
      await assert.rejects(subject.other.delete('Topic', name, version + 1), withCode('CONFLICT'));
      await subject.other.delete('Topic', name, version);
      await subject.other.delete('Topic', name, version);
      assert.equal(await subject.store.get('Topic', name), undefined);
    });

    it('keep fields that this program does not know', {
      skip: !subject.abilities.keepsUnknown,
    }, async () => {
      const name = subject.freshName();
      const spec = { ...topicSpec(name), mirror: { from: 'elsewhere' } };
      await subject.store.create([{ kind: 'Topic', name, spec }]);
      assert.deepEqual((await subject.other.get('Topic', name))?.spec, spec);
    });

    it('that could not be read back are refused before they are stored', async () => {
      const name = subject.freshName();
      const spec = topicSpec(name, Number.NaN);
      await assert.rejects(
        subject.store.create([{ kind: 'Topic', name, spec }]),
        withCode('INTERNAL', 'not-applied'),
      );
      assert.equal(await subject.store.get('Topic', name), undefined);
    });

    it('have one winner when two processes write against the same version', async () => {
      await createCounter(subject.store);
      const perStore = 40;
      const take = async (from: ClusterStore): Promise<number[]> => {
        const taken: number[] = [];
        for (let index = 0; index < perStore; index += 1) taken.push(await takeNumber(from));
        return taken;
      };
      const taken = (
        await Promise.all([take(subject.store), take(subject.other), take(subject.store)])
      ).flat();
      const all = Array.from({ length: 3 * perStore }, (_, index) => index);
      assert.deepEqual(
        taken.toSorted((a, b) => a - b),
        all,
      );
    });

    it('are written all or none in one call', { skip: !subject.abilities.atomic }, async () => {
      const [taken, fresh] = [subject.freshName(), subject.freshName()];
      const version = await subject.createTopic(taken);
      const objects = [fresh, taken].map(
        (name) => ({ kind: 'Topic', name, spec: topicSpec(name) }) as const,
      );
      await assert.rejects(subject.store.create(objects), withCode('CONFLICT'));
      assert.equal(await subject.store.get('Topic', fresh), undefined);
      const other2 = await subject.createTopic(fresh);
      const changes = [
        { kind: 'Topic', name: taken, expectedVersion: version, spec: topicSpec(taken, 5) },
        { kind: 'Topic', name: fresh, expectedVersion: other2 - 1, spec: topicSpec(fresh, 5) },
      ] as const;
      await assert.rejects(subject.store.update(changes), withCode('CONFLICT'));
      assert.equal((await subject.store.get('Topic', taken))?.version, version);
    });

    it('of an empty call are none', async () => {
      assert.deepEqual(await subject.store.create([]), []);
      assert.deepEqual(await subject.store.update([]), []);
    });
  });

  describe('a listing', () => {
    it('has the objects of its kind alone, and a version no older than any of them', async () => {
      const name = subject.freshName();
      await subject.createTopic(name);
      const { objects, version } = await subject.other.list('Topic');
      assert.ok(objects.some((object) => object.name === name));
      for (const object of objects) {
        assert.equal(object.kind, 'Topic');
        assert.ok(object.version <= version);
        assert.deepEqual(await subject.store.get('Topic', object.name), object);
      }
    });
  });
}
