import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { ClusterStore, StoredObject } from '../../src/store/clusterStore.ts';
import type { ConformanceSubject } from './conformanceSubject.ts';
import { BROKER_SPEC, TOPIC_ID, topicSpec, withCode } from './storedExamples.ts';
import { versionOf, WatchRecord } from './watchRecord.ts';

/** Watches, alone and with listings. */
export function watchConformance(subject: ConformanceSubject): void {
  describe('a watch', () => {
    it('reports what was written after its version, by any process, in order', async () => {
      const { version } = await subject.store.list('Topic');
      const [first, second] = [subject.freshName(), subject.freshName()];
      const created = await subject.createTopic(first);
      const record = new WatchRecord(subject.store, 'Topic', version);
      const watchedByOther = new WatchRecord(subject.other, 'Topic', version);
      await subject.other.create([{ kind: 'Topic', name: second, spec: topicSpec(second) }]);
      const [changed] = await subject.other.update([
        { kind: 'Topic', name: first, expectedVersion: created, spec: topicSpec(first, 3) },
      ]);
      assert.ok(changed !== undefined);
      await subject.store.delete('Topic', first, changed);
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
      const before = subject.freshName();
      await subject.createTopic(before);
      const { version } = await subject.store.list('Topic');
      const record = new WatchRecord(subject.other, 'Topic', version);
      await subject.store.create([
        { kind: 'Broker', name: subject.freshName(), spec: BROKER_SPEC },
      ]);
      const name = subject.freshName();
      await subject.createTopic(name);
      await record.until((events) => events.length > 0);
      assert.deepEqual(record.lines, [`put ${name}`]);
      record.stop();
    });

    it('carries the contents that the version had', async () => {
      const { version } = await subject.store.list('Topic');
      const name = subject.freshName();
      const created = await subject.createTopic(name);
      const record = new WatchRecord(subject.other, 'Topic', version);
      await record.untilVersion(created);
      const [event] = record.events;
      assert.ok(event?.type === 'put');
      assert.deepEqual(event.object, await subject.store.get('Topic', name));
      record.stop();
    });

    it('is silent as soon as it is stopped, from inside of its callback too', async () => {
      const { version } = await subject.store.list('Topic');
      const seen: string[] = [];
      const stop = subject.store.watch('Topic', version, (event) => {
        assert.ok(event.type === 'put');
        seen.push(event.object.name);
        stop();
      });
      const [first, second] = [subject.freshName(), subject.freshName()];
      await subject.store.create(
        [first, second].map((name) => ({ kind: 'Topic', name, spec: topicSpec(name) }) as const),
      );
      const record = new WatchRecord(subject.store, 'Topic', version);
      await record.until((events) => events.length >= 2);
      assert.deepEqual(seen, [first]);
      record.stop();
    });

    it('from a version that the store never had asks for a listing', async () => {
      const { version } = await subject.store.list('Topic');
      const record = new WatchRecord(subject.store, 'Topic', version + 1_000_000);
      await record.until((events) => events.length > 0);
      assert.deepEqual(record.lines, ['resync']);
    });

    it('and a listing together always lead to what is stored', async () => {
      const step = fc.record({
        by: fc.constantFrom('store', 'other'),
        name: fc.constantFrom('p0', 'p1', 'p2', 'p3'),
        action: fc.constantFrom('create', 'spec', 'status', 'delete'),
        partitionsAdded: fc.integer({ min: 1, max: 20 }),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
          const { objects, version } = await subject.store.list('Topic');
          const known = new Map(objects.map((object) => [object.name, object] as const));
          const replica = new Map(known);
          let last = version;
          let heard = (): void => {};
          const stop = subject.other.watch('Topic', version, (event) => {
            assert.ok(event.type !== 'resync');
            assert.ok(versionOf(event) > last);
            last = versionOf(event);
            if (event.type === 'put') replica.set(event.object.name, event.object);
            else replica.delete(event.name);
            heard();
          });
          for (const { by, name, action, partitionsAdded } of steps) {
            const actor = by === 'store' ? subject.store : subject.other;
            await act(actor, name, action, partitionsAdded, known);
          }
          // A last write that the watch must come to.
          const end = subject.freshName();
          const ended = await subject.createTopic(end);
          await new Promise<void>((resolve) => {
            heard = () => {
              if (last >= ended) resolve();
            };
            heard();
          });
          stop();
          const now = await subject.store.list('Topic');
          const stored = new Map(now.objects.map((object) => [object.name, object] as const));
          const endObject = await subject.store.get('Topic', end);
          assert.ok(endObject);
          known.set(end, endObject);
          assert.deepEqual(stored, known);
          assert.deepEqual(replica, stored);
        }),
        { numRuns: 15 },
      );
    });
  });
}

type Topics = Map<string, StoredObject<'Topic'>>;

/** One write, if the model allows it, on the store and on the model. */
async function act(
  store: ClusterStore,
  name: string,
  action: string,
  partitionsAdded: number,
  known: Topics,
): Promise<void> {
  const object = known.get(name);
  const expectedVersion = object?.version ?? 1;
  // Of a topic they only grow.
  const spec = topicSpec(name, (object?.spec.partitions ?? 0) + partitionsAdded);
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
