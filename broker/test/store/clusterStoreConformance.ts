import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  ConformanceSubject,
  type StoreAbilities,
  type StoreUnderTest,
} from './conformanceSubject.ts';
import { leaseConformance } from './leaseConformance.ts';
import { objectConformance } from './objectConformance.ts';
import { topicSpec, withCode } from './storedExamples.ts';
import { watchConformance } from './watchConformance.ts';

/**
 * What everything above relies on, of every ClusterStore. `makeStore`: a fresh, empty store each time.
 */
export function clusterStoreConformance(
  name: string,
  abilities: StoreAbilities,
  makeStore: () => Promise<StoreUnderTest>,
): void {
  describe(name, () => {
    const subject = new ConformanceSubject(abilities, makeStore);
    objectConformance(subject);
    watchConformance(subject);
    leaseConformance(subject);

    it('refuses requests once it is closed, and closes twice', async () => {
      const closing = await subject.backing.open();
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
      assert.equal(await subject.store.get('Topic', 'late'), undefined);
    });
  });
}
