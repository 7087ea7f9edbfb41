import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BrokerId } from '@millrace/core/ids';
import { planReplace } from '../../src/rolling/replacePlan.ts';
import type { KnownAssignment } from '../../src/topic/topicView.ts';
import { assignment, led } from '../topic/topicWorld.ts';

function plan(isr: readonly string[], given: object = {}) {
  const partition = led(0, [0, 2], { isr, ...given });
  return planReplace({
    id: 2 as BrokerId,
    pod: undefined,
    isFenced: true,
    assignments: [assignment([[0, 2]], {}, [partition])],
  });
}

describe('a broker is given a new disk', () => {
  it('when nothing counts on the old one', () => {
    assert.equal(plan(['0:cccccccccccc']).kind, 'replace');
  });

  it('not while a copy on it is in sync, or may be elected', () => {
    assert.equal(plan(['0:cccccccccccc', '2:cccccccccccc']).kind, 'refused');
    const eligible = plan(['0:cccccccccccc'], { eligible: ['2:cccccccccccc'] });
    assert.equal(eligible.kind, 'refused');
    assert.match(eligible.kind === 'refused' ? eligible.message : '', /orders\/0/);
  });

  it('not while it is not known what counts', () => {
    const planned = (assignments: readonly KnownAssignment[]) =>
      planReplace({ id: 2 as BrokerId, pod: undefined, isFenced: true, assignments }).kind;
    assert.equal(planned([assignment([[0, 2]])]), 'refused', 'its status is lost');
    assert.equal(
      planned([
        assignment(
          [
            [0, 2],
            [0, 1],
          ],
          {},
          [led(0, [0, 2])],
        ),
      ]),
      'refused',
      'half',
    );
    assert.equal(plan([]).kind, 'refused', 'nothing is in sync');
    assert.equal(plan(['0:cccccccccccc'], { leader: null }).kind, 'refused', 'nobody leads');
    assert.equal(planned([assignment([[0, 2]], { deleted: true })]), 'replace');
  });

  it('not while it is live', () => {
    const live = planReplace({
      id: 2 as BrokerId,
      pod: undefined,
      isFenced: false,
      assignments: [],
    });
    assert.equal(live.kind, 'refused');
  });
});
