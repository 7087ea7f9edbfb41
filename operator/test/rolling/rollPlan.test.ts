import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BrokerId } from '@millrace/core/ids';
import type { PodView } from '../../src/rolling/podView.ts';
import { planRoll, type RollView } from '../../src/rolling/rollPlan.ts';

function pod(id: number, given: Partial<PodView> = {}): PodView {
  return {
    id: id as BrokerId,
    name: `mill-broker-${id}`,
    uid: `uid-${id}`,
    revision: 'old',
    isRestartAsked: false,
    isReady: true,
    isDeleting: false,
    isRunning: true,
    trouble: undefined,
    nodeName: undefined,
    ...given,
  };
}

const DOWN = { isReady: false } as const;
const CRASHING = {
  ...DOWN,
  isRunning: false,
  trouble: { reason: 'CrashLoop', message: 'it ended 5 times' },
} as const;

function step(pods: readonly PodView[], given: Partial<RollView> = {}) {
  return planRoll({
    pods,
    replicas: 3,
    revision: 'new',
    controllerId: 0 as BrokerId,
    underReplicated: { count: 0, some: [] },
    ...given,
  });
}

function shown(result: ReturnType<typeof step>): string {
  if (result.kind === 'restart') return `restart ${result.pod.id} ${result.leave}`;
  return result.kind === 'done' ? 'done' : `${result.kind} ${result.reason}`;
}

const NEW = { revision: 'new' } as const;
const ROWS: [string, PodView[], Partial<RollView>, string][] = [
  ['is done when all are new', [pod(0, NEW), pod(1, NEW), pod(2, NEW)], {}, 'done'],
  ['restarts the controller last', [pod(0), pod(1), pod(2)], {}, 'restart 1 after PrepareStop'],
  [
    'goes on where another operator stopped',
    [pod(0), pod(1, NEW), pod(2)],
    {},
    'restart 2 after PrepareStop',
  ],
  [
    'restarts the controller when it is the last',
    [pod(0), pod(1, NEW), pod(2, NEW)],
    {},
    'restart 0 after PrepareStop',
  ],
  [
    'waits for a pod that is stopping',
    [pod(0), pod(1, { isDeleting: true }), pod(2)],
    {},
    'wait BrokerStopping',
  ],
  ['waits for a pod that is to come', [pod(0), pod(2)], {}, 'wait BrokerStarting'],
  [
    'waits for a new pod that is starting',
    [pod(0), pod(1, { ...NEW, ...DOWN }), pod(2)],
    {},
    'wait BrokerStarting',
  ],
  [
    'stops when a new pod does not come up',
    [pod(0), pod(1, { ...NEW, ...CRASHING }), pod(2)],
    {},
    'blocked CrashLoop',
  ],
  ['begins with one that is down', [pod(0), pod(1), pod(2, CRASHING)], {}, 'restart 2 at once'],
  [
    'never restarts a broker that may be recovering its log',
    [pod(0), pod(1), pod(2, DOWN)],
    {},
    'wait BrokerStarting',
  ],
  [
    'takes none that runs for one in a loop: it ended often before, and may be recovering now',
    [pod(0), pod(1), pod(2, { ...CRASHING, isRunning: true })],
    { underReplicated: { count: 9, some: ['t/0'] } },
    'wait BrokerStarting',
  ],
  [
    'takes no second broker down for one that is broken',
    [pod(0), pod(1, { ...NEW, ...CRASHING }), pod(2, CRASHING)],
    {},
    'blocked CrashLoop',
  ],
  [
    'waits while copies are out of sync',
    [pod(0), pod(1), pod(2)],
    { underReplicated: { count: 2, some: ['t/0', 't/1'] } },
    'wait UnderReplicated',
  ],
  [
    'leaves a broken broker alone that is what the Cluster says',
    [pod(0, NEW), pod(1, { ...NEW, ...CRASHING }), pod(2, NEW)],
    {},
    'done',
  ],
  [
    'restarts the one that was asked for',
    [pod(0, NEW), pod(1, NEW), pod(2, { ...NEW, isRestartAsked: true })],
    {},
    'restart 2 after PrepareStop',
  ],
];

describe('a roll', () => {
  for (const [what, pods, given, expected] of ROWS) {
    it(what, () => {
      assert.equal(shown(step(pods, given)), expected);
    });
  }

  it('brings a broken revision back, one broker after the other, when the Cluster is set back', () => {
    const back = step([pod(0), pod(1, { ...NEW, ...CRASHING }), pod(2)], { revision: 'old' });
    assert.equal(shown(back), 'restart 1 at once');
  });
});
