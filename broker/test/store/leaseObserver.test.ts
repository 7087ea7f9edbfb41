import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Lease } from '../../src/store/clusterStore.ts';
import { LeaseObserver } from '../../src/store/leaseObserver.ts';

const HELD: Lease = { holder: '1/b@127.0.0.1:7072', epoch: 3, renewals: 10, version: 40 };

describe('a lease observer', () => {
  it('takes a lease for expired once a reading shows it unchanged for the whole duration', () => {
    const observer = new LeaseObserver(15_000);
    assert.equal(observer.observe(HELD, 100), 'held');
    assert.equal(observer.observe(HELD, 15_099), 'held');
    assert.equal(observer.observe(HELD, 15_100), 'expired');
  });

  it('begins anew with every renewal, and with every other change', () => {
    const changes: Partial<Lease>[] = [
      { renewals: 11 },
      { renewals: 0 },
      { holder: '2/c@127.0.0.1:7082' },
      { epoch: 4 },
      { version: 41 },
    ];
    for (const change of changes) {
      const observer = new LeaseObserver(1000);
      observer.observe(HELD, 0);
      const changed = { ...HELD, ...change };
      assert.equal(observer.observe(changed, 5000), 'held');
      assert.equal(observer.observe(changed, 5999), 'held');
      assert.equal(observer.observe(changed, 6000), 'expired');
    }
  });

  it('expires nothing in the first reading, however late it comes', () => {
    assert.equal(new LeaseObserver(1).observe(HELD, 1e12), 'held');
  });

  it('calls a lease without holder free at once', () => {
    const observer = new LeaseObserver(1000);
    assert.equal(observer.observe({ holder: '', epoch: 0, renewals: 0, version: 0 }, 0), 'free');
    observer.observe(HELD, 1);
    assert.equal(observer.observe({ ...HELD, holder: '' }, 2), 'free');
  });
});
