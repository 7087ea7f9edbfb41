import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ClusterStore } from '../../src/store/clusterStore.ts';
import type { ConformanceSubject } from './conformanceSubject.ts';
import { withCode } from './storedExamples.ts';

/** The lease of the controller. */
export function leaseConformance(subject: ConformanceSubject): void {
  describe('the lease', () => {
    it('is free until it is first written', async () => {
      const lease = await subject.store.readLease();
      assert.deepEqual(lease, { holder: '', epoch: 0, renewals: 0, version: lease.version });
    });

    it('is taken by one of two that want it', async () => {
      const { version } = await subject.store.readLease();
      const take = (by: ClusterStore, holder: string) =>
        by.writeLease({ holder, epoch: 1, renewals: 0 }, version).then(
          (taken) => ({ holder, taken }),
          (error: unknown) => {
            assert.ok(withCode('CONFLICT', 'not-applied')(error));
            return undefined;
          },
        );
      const results = await Promise.all([take(subject.store, 'a'), take(subject.other, 'b')]);
      const winners = results.filter((result) => result !== undefined);
      assert.equal(winners.length, 1);
      const lease = await subject.other.readLease();
      assert.deepEqual(lease, {
        holder: winners[0]?.holder,
        epoch: 1,
        renewals: 0,
        version: winners[0]?.taken,
      });
    });

    it('is renewed only by who knows its version', async () => {
      const { version, ...lease } = await subject.store.readLease();
      const renewed = { ...lease, renewals: lease.renewals + 1 };
      const next = await subject.store.writeLease(renewed, version);
      assert.ok(next > version);
      await assert.rejects(subject.other.writeLease(renewed, version), withCode('CONFLICT'));
      assert.deepEqual(await subject.other.readLease(), { ...renewed, version: next });
    });
  });
}
