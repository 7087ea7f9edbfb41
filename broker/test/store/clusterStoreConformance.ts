import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { AnyNewObject, ClusterStore, StoredObject } from '../../src/store/clusterStore.ts';
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
import { versionOf, WatchRecord } from './watchRecord.ts';

export interface StoreUnderTest {
  /** Another process's view of the same objects. */
  readonly open: () => Promise<ClusterStore>;
  readonly remove: () => Promise<void>;
}

export interface StoreAbilities {
  /** Several writes of one call are one transaction. */
  readonly atomic: boolean;
}

/**
 * What everything above relies on, of every ClusterStore. `makeStore`: a fresh, empty store each time.
 */
export function clusterStoreConformance(
  name: string,
  abilities: StoreAbilities,
  makeStore: () => Promise<StoreUnderTest>,
): void {
  describe(name, () => {
    let backing: StoreUnderTest;
    let store: ClusterStore;
    let other: ClusterStore;
    before(async () => {
      backing = await makeStore();
      store = await backing.open();
      other = await backing.open();
    });
    after(async () => {
      await store.close();
      await other.close();
      await backing.remove();
    });

    let names = 0;
    const freshName = (): string => `t${names++}`;
    const createTopic = async (topic: string): Promise<number> => {
      const [version] = await store.create([
        { kind: 'Topic', name: topic, spec: topicSpec(topic) },
      ]);
      assert.ok(version !== undefined);
      return version;
    };

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
        const versions = await store.create(objects);
        assert.equal(versions.length, objects.length);
        for (const [index, object] of objects.entries()) {
          const found = await other.get(object.kind, object.name);
          assert.deepEqual(found, { status: undefined, ...object, version: versions[index] });
        }
      });

      it('that are absent are undefined, also under another kind', async () => {
        const name = freshName();
        assert.equal(await store.get('Topic', name), undefined);
        await createTopic(name);
        assert.equal(await store.get('Broker', name), undefined);
      });

      it('are not created where the name is taken', async () => {
        const name = freshName();
        const version = await createTopic(name);
        const again = { kind: 'Topic', name, spec: topicSpec('other') } as const;
        await assert.rejects(other.create([again]), withCode('CONFLICT', 'not-applied'));
        const found = await store.get('Topic', name);
        assert.equal(found?.version, version);
        assert.equal(found?.spec.topicName, name);
      });

      it('keep one half while the other is written', async () => {
        const name = freshName();
        const created = await createTopic(name);
        const status = { topicId: TOPIC_ID };
        const [second] = await store.update([
          { kind: 'Topic', name, expectedVersion: created, status },
        ]);
        assert.ok(second !== undefined && second > created);
        const [third] = await other.update([
          { kind: 'Topic', name, expectedVersion: second, spec: topicSpec(name, 7) },
        ]);
        assert.ok(third !== undefined && third > second);
        const found = await store.get('Topic', name);
        assert.deepEqual(found?.status, status);
        assert.equal(found?.spec.partitions, 7);
        assert.equal(found?.version, third);
      });

      it('are not changed against an older version, nor once they are gone', async () => {
        const name = freshName();
        const created = await createTopic(name);
        const change = {
          kind: 'Topic',
          name,
          expectedVersion: created,
          spec: topicSpec(name, 2),
        } as const;
        const [changed] = await store.update([change]);
        assert.ok(changed !== undefined);
        await assert.rejects(other.update([change]), withCode('CONFLICT', 'not-applied'));
        await store.delete('Topic', name, changed);
        await assert.rejects(
          other.update([{ ...change, expectedVersion: changed }]),
          withCode('CONFLICT', 'not-applied'),
        );
        assert.equal(await store.get('Topic', name), undefined);
      });

      it('never get a version again, not even a later object of the name', async () => {
        const name = freshName();
        const created = await createTopic(name);
        await store.delete('Topic', name, created);
        const second = await createTopic(name);
        assert.ok(second > created);
        const change = {
          kind: 'Topic',
          name,
          expectedVersion: created,
          spec: topicSpec('x'),
        } as const;
        await assert.rejects(store.update([change]), withCode('CONFLICT'));
        await assert.rejects(store.delete('Topic', name, created), withCode('CONFLICT'));
      });

      it('are deleted only in the version that was read; a second time is no error', async () => {
        const name = freshName();
        const version = await createTopic(name);
        await assert.rejects(other.delete('Topic', name, version + 1), withCode('CONFLICT'));
        await other.delete('Topic', name, version);
        await other.delete('Topic', name, version);
        assert.equal(await store.get('Topic', name), undefined);
      });

      it('keep fields that this program does not know', async () => {
        const name = freshName();
        const spec = { ...topicSpec(name), mirror: { from: 'elsewhere' } };
        await store.create([{ kind: 'Topic', name, spec }]);
        assert.deepEqual((await other.get('Topic', name))?.spec, spec);
      });

      it('that could not be read back are refused before they are stored', async () => {
        const name = freshName();
        const spec = topicSpec(name, Number.NaN);
        await assert.rejects(
          store.create([{ kind: 'Topic', name, spec }]),
          withCode('INTERNAL', 'not-applied'),
        );
        assert.equal(await store.get('Topic', name), undefined);
      });

      it('have one winner when two processes write against the same version', async () => {
        await createCounter(store);
        const perStore = 40;
        const take = async (from: ClusterStore): Promise<number[]> => {
          const taken: number[] = [];
          for (let index = 0; index < perStore; index += 1) taken.push(await takeNumber(from));
          return taken;
        };
        const taken = (await Promise.all([take(store), take(other), take(store)])).flat();
        const all = Array.from({ length: 3 * perStore }, (_, index) => index);
        assert.deepEqual(
          taken.toSorted((a, b) => a - b),
          all,
        );
      });

      it('are written all or none in one call', { skip: !abilities.atomic }, async () => {
        const [taken, fresh] = [freshName(), freshName()];
        const version = await createTopic(taken);
        const objects = [fresh, taken].map(
          (name) => ({ kind: 'Topic', name, spec: topicSpec(name) }) as const,
        );
        await assert.rejects(store.create(objects), withCode('CONFLICT'));
        assert.equal(await store.get('Topic', fresh), undefined);
        const other2 = await createTopic(fresh);
        const changes = [
          { kind: 'Topic', name: taken, expectedVersion: version, spec: topicSpec(taken, 5) },
          { kind: 'Topic', name: fresh, expectedVersion: other2 - 1, spec: topicSpec(fresh, 5) },
        ] as const;
        await assert.rejects(store.update(changes), withCode('CONFLICT'));
        assert.equal((await store.get('Topic', taken))?.version, version);
      });

      it('of an empty call are none', async () => {
        assert.deepEqual(await store.create([]), []);
        assert.deepEqual(await store.update([]), []);
      });
    });

    describe('a listing', () => {
      it('has the objects of its kind alone, and a version no older than any of them', async () => {
        const name = freshName();
        await createTopic(name);
        const { objects, version } = await other.list('Topic');
        assert.ok(objects.some((object) => object.name === name));
        for (const object of objects) {
          assert.equal(object.kind, 'Topic');
          assert.ok(object.version <= version);
          assert.deepEqual(await store.get('Topic', object.name), object);
        }
      });
    });

    describe('a watch', () => {
      it('reports what was written after its version, by any process, in order', async () => {
        const { version } = await store.list('Topic');
        const [first, second] = [freshName(), freshName()];
        const created = await createTopic(first);
        const record = new WatchRecord(store, 'Topic', version);
        const watchedByOther = new WatchRecord(other, 'Topic', version);
        await other.create([{ kind: 'Topic', name: second, spec: topicSpec(second) }]);
        const [changed] = await other.update([
          { kind: 'Topic', name: first, expectedVersion: created, spec: topicSpec(first, 3) },
        ]);
        assert.ok(changed !== undefined);
        await store.delete('Topic', first, changed);
        const gone = (lines: readonly string[]) => lines.includes(`deleted ${first}`);
        for (const each of [record, watchedByOther]) {
          await each.until(() => gone(each.lines));
          const versions = each.events.map(versionOf);
          assert.deepEqual(
            versions,
            versions.toSorted((a, b) => a - b),
          );
          assert.ok(each.lines.includes(`put ${second}`));
          assert.ok(each.lines.indexOf(`put ${second}`) < each.lines.indexOf(`deleted ${first}`));
          each.stop();
        }
      });

      it('reports its kind alone, and nothing that its version already had', async () => {
        const before = freshName();
        await createTopic(before);
        const { version } = await store.list('Topic');
        const record = new WatchRecord(other, 'Topic', version);
        await store.create([{ kind: 'Broker', name: freshName(), spec: BROKER_SPEC }]);
        const name = freshName();
        await createTopic(name);
        await record.until((events) => events.length > 0);
        assert.deepEqual(record.lines, [`put ${name}`]);
        record.stop();
      });

      it('carries the contents that the version had', async () => {
        const { version } = await store.list('Topic');
        const name = freshName();
        const created = await createTopic(name);
        const record = new WatchRecord(other, 'Topic', version);
        await record.untilVersion(created);
        const [event] = record.events;
        assert.ok(event?.type === 'put');
        assert.deepEqual(event.object, await store.get('Topic', name));
        record.stop();
      });

      it('is silent as soon as it is stopped, from inside of its callback too', async () => {
        const { version } = await store.list('Topic');
        const seen: string[] = [];
        const stop = store.watch('Topic', version, (event) => {
          assert.ok(event.type === 'put');
          seen.push(event.object.name);
          stop();
        });
        const [first, second] = [freshName(), freshName()];
        await store.create(
          [first, second].map((name) => ({ kind: 'Topic', name, spec: topicSpec(name) }) as const),
        );
        const record = new WatchRecord(store, 'Topic', version);
        await record.until((events) => events.length >= 2);
        assert.deepEqual(seen, [first]);
        record.stop();
      });

      it('from a version that the store never had asks for a listing', async () => {
        const { version } = await store.list('Topic');
        const record = new WatchRecord(store, 'Topic', version + 1_000_000);
        await record.until((events) => events.length > 0);
        assert.deepEqual(record.lines, ['resync']);
      });

      it('and a listing together always lead to what is stored', async () => {
        const step = fc.record({
          by: fc.constantFrom('store', 'other'),
          name: fc.constantFrom('p0', 'p1', 'p2', 'p3'),
          action: fc.constantFrom('create', 'spec', 'status', 'delete'),
          partitions: fc.integer({ min: 1, max: 10_000 }),
        });
        await fc.assert(
          fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
            const { objects, version } = await store.list('Topic');
            const known = new Map(objects.map((object) => [object.name, object] as const));
            const replica = new Map(known);
            let last = version;
            let heard = (): void => {};
            const stop = other.watch('Topic', version, (event) => {
              assert.ok(event.type !== 'resync');
              assert.ok(versionOf(event) > last);
              last = versionOf(event);
              if (event.type === 'put') replica.set(event.object.name, event.object);
              else replica.delete(event.name);
              heard();
            });
            for (const { by, name, action, partitions } of steps) {
              const actor = by === 'store' ? store : other;
              await act(actor, name, action, partitions, known);
            }
            // A last write that the watch must come to.
            const end = freshName();
            const ended = await createTopic(end);
            await new Promise<void>((resolve) => {
              heard = () => {
                if (last >= ended) resolve();
              };
              heard();
            });
            stop();
            const now = await store.list('Topic');
            const stored = new Map(now.objects.map((object) => [object.name, object] as const));
            const endObject = await store.get('Topic', end);
            assert.ok(endObject);
            known.set(end, endObject);
            assert.deepEqual(stored, known);
            assert.deepEqual(replica, stored);
          }),
          { numRuns: 15 },
        );
      });
    });

    describe('the lease', () => {
      it('is free until it is first written', async () => {
        const lease = await store.readLease();
        assert.deepEqual(lease, { holder: '', epoch: 0, renewals: 0, version: lease.version });
      });

      it('is taken by one of two that want it', async () => {
        const { version } = await store.readLease();
        const take = (by: ClusterStore, holder: string) =>
          by.writeLease({ holder, epoch: 1, renewals: 0 }, version).then(
            (taken) => ({ holder, taken }),
            (error: unknown) => {
              assert.ok(withCode('CONFLICT', 'not-applied')(error));
              return undefined;
            },
          );
        const results = await Promise.all([take(store, 'a'), take(other, 'b')]);
        const winners = results.filter((result) => result !== undefined);
        assert.equal(winners.length, 1);
        const lease = await other.readLease();
        assert.deepEqual(lease, {
          holder: winners[0]?.holder,
          epoch: 1,
          renewals: 0,
          version: winners[0]?.taken,
        });
      });

      it('is renewed only by who knows its version', async () => {
        const { version, ...lease } = await store.readLease();
        const renewed = { ...lease, renewals: lease.renewals + 1 };
        const next = await store.writeLease(renewed, version);
        assert.ok(next > version);
        await assert.rejects(other.writeLease(renewed, version), withCode('CONFLICT'));
        assert.deepEqual(await other.readLease(), { ...renewed, version: next });
      });
    });

    it('refuses requests once it is closed, and closes twice', async () => {
      const closing = await backing.open();
      const answered = closing.get('Topic', 'nothing');
      const closed = closing.close();
      assert.equal(await answered, undefined);
      await assert.rejects(
        closing.create([{ kind: 'Topic', name: 'late', spec: topicSpec('late') }]),
        withCode('STORE_UNAVAILABLE', 'not-applied'),
      );
      await closed;
      await closing.close();
      await assert.rejects(closing.readLease(), withCode('STORE_UNAVAILABLE', 'not-applied'));
      assert.equal(await store.get('Topic', 'late'), undefined);
    });
  });
}

type Topics = Map<string, StoredObject<'Topic'>>;

/** One write, if the model allows it, on the store and on the model. */
async function act(
  store: ClusterStore,
  name: string,
  action: string,
  partitions: number,
  known: Topics,
): Promise<void> {
  const object = known.get(name);
  const expectedVersion = object?.version ?? 1;
  const spec = topicSpec(name, partitions);
  const conflict = withCode('CONFLICT', 'not-applied');
  switch (action) {
    case 'create':
      if (object === undefined) await store.create([{ kind: 'Topic', name, spec }]);
      else await assert.rejects(store.create([{ kind: 'Topic', name, spec }]), conflict);
      break;
    case 'delete':
      await store.delete('Topic', name, expectedVersion);
      known.delete(name);
      return;
    default: {
      const half = action === 'spec' ? { spec } : { status: { topicId: TOPIC_ID } };
      const change = { kind: 'Topic', name, expectedVersion, ...half } as const;
      if (object === undefined) await assert.rejects(store.update([change]), conflict);
      else await store.update([change]);
      if (object === undefined) return;
    }
  }
  const found = await store.get('Topic', name);
  assert.ok(found !== undefined && found.version >= expectedVersion);
  if (action === 'create' && object === undefined) assert.equal(found.status, undefined);
  known.set(name, found);
}
