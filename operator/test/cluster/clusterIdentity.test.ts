import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ClusterId } from '@millrace/core/ids';
import { type IdentityView, planIdentity } from '../../src/cluster/clusterIdentity.ts';
import { CLUSTER_ID } from '../topic/topicWorld.ts';

const OTHER = '11111111-2222-4333-8444-555555555555' as ClusterId;

function plan(given: Partial<IdentityView>) {
  return planIdentity({
    cluster: 'mill',
    asked: undefined,
    kept: undefined,
    named: [],
    unreadable: [],
    ...given,
  });
}

describe('the clusterId', () => {
  it('is that of the ClusterState, and of the disks where that is gone', () => {
    assert.equal(plan({ kept: CLUSTER_ID, named: [OTHER] }), CLUSTER_ID);
    assert.equal(plan({ named: [CLUSTER_ID, CLUSTER_ID] }), CLUSTER_ID);
  });

  it('is what is asked for, or a new one, only where nothing names one', () => {
    assert.equal(plan({}), undefined);
    assert.equal(plan({ asked: OTHER }), OTHER);
    assert.throws(() => plan({ asked: OTHER, named: [CLUSTER_ID] }), /have 5a1f0f5e/);
    assert.throws(() => plan({ asked: OTHER, kept: CLUSTER_ID }), /have 5a1f0f5e/);
  });

  it('is not guessed', () => {
    assert.throws(() => plan({ named: [CLUSTER_ID, OTHER] }), /not certain/);
    assert.throws(() => plan({ unreadable: ['x-0'] }), /not certain/);
    assert.throws(() => plan({ named: [CLUSTER_ID], unreadable: ['x-0'] }), /not certain/);
  });
});
