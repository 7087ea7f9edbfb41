import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { planScale } from '../../src/cluster/scalePlan.ts';
import type { BrokerId } from '@millrace/core/ids';
import type { KnownAssignment } from '../../src/topic/topicView.ts';
import { assignment, led } from '../topic/topicWorld.ts';

function plan(wanted: number, assignments: readonly KnownAssignment[], given: object = {}) {
  return planScale({
    wanted,
    current: 5,
    assignments,
    unreadable: [],
    cordoned: new Set([0, 1, 2, 3, 4] as BrokerId[]),
    staying: wanted,
    isUnchecked: false,
    ...given,
  });
}

describe('the number of brokers', () => {
  it('rises at once', () => {
    assert.deepEqual(plan(7, [assignment([[0, 4]])]), {
      replicas: 7,
      leaving: [],
      waiting: undefined,
    });
  });

  it('falls as brokers are empty, from the top', () => {
    const empty = plan(3, [assignment([[0, 1]], {}, [led(0, [0, 1])])]);
    assert.equal(empty.replicas, 3);
    assert.equal(empty.waiting, undefined);
    const top = plan(3, [assignment([[0, 3]], {}, [led(0, [0, 3])])]);
    assert.equal(top.replicas, 4);
    assert.deepEqual(top.leaving, [3, 4]);
    assert.equal(top.waiting?.reason, 'EmptyingBrokers');
  });

  it('stays while a copy is still there, though nobody wants it there any more', () => {
    const moving = plan(3, [assignment([[0, 1]], {}, [led(0, [0, 4], { adding: [1] })])]);
    assert.equal(moving.replicas, 5);
    const coming = plan(3, [assignment([[0, 1]], {}, [led(0, [0, 1], { adding: [4] })])]);
    assert.equal(coming.replicas, 5);
  });

  it('stays while a broker that is to go may be given something, though it is empty', () => {
    const open = plan(3, [], { cordoned: new Set([3]) });
    assert.equal(open.replicas, 5);
    assert.equal(open.waiting?.reason, 'EmptyingBrokers');
    assert.equal(plan(3, [], { cordoned: new Set([4]) }).replicas, 4);
  });

  it('stays while it is not known what is there', () => {
    assert.equal(plan(3, [], { unreadable: ['x-0'] }).waiting?.reason, 'ScaleDownBlocked');
    assert.equal(plan(3, [], { unreadable: ['x-0'] }).replicas, 5);
    assert.equal(plan(3, [assignment([[0, 1]])]).replicas, 5, 'a status is lost');
  });

  it('says which topics have too many copies for those that stay', () => {
    const wide = plan(1, [assignment([[0, 4]], { topicName: 'wide' }, [led(0, [0, 4])])]);
    assert.equal(wide.waiting?.reason, 'ScaleDownBlocked');
    assert.match(wide.waiting?.message ?? '', /wide/);
  });

  it('falls at once if a person says that nothing there matters', () => {
    const held = [assignment([[0, 4]], {}, [led(0, [0, 4])])];
    assert.equal(plan(3, held, { isUnchecked: true }).replicas, 3);
  });

  it('does not count topics that are being deleted', () => {
    assert.equal(plan(3, [assignment([[0, 4]], { deleted: true })]).replicas, 3);
  });
});
