import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { podView } from '../../src/rolling/podView.ts';
import type { PodObject } from '../../src/world/podObjects.ts';

function seen(status: PodObject['status'], name = 'mill-broker-2') {
  return podView(
    { metadata: { name, uid: 'u' }, ...(status === undefined ? {} : { status }) },
    'mill',
  );
}

const waiting = (reason: string): PodObject['status'] => ({
  containerStatuses: [{ name: 'broker', state: { waiting: { reason } } }],
});

describe('a pod', () => {
  it('is a broker by its name', () => {
    assert.equal(seen({})?.id, 2);
    assert.equal(seen({}, 'other-broker-1'), undefined);
    assert.equal(seen({}, 'mill-broker-x'), undefined);
  });

  it('that is ready has no trouble, whatever was before', () => {
    const view = seen({
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [{ name: 'broker', restartCount: 9, state: { running: {} } }],
    });
    assert.equal(view?.isReady, true);
    assert.equal(view?.trouble, undefined);
  });

  it('is in trouble when its image, its start or its node is', () => {
    assert.equal(seen(waiting('ImagePullBackOff'))?.trouble?.reason, 'ImageUnavailable');
    assert.equal(seen(waiting('CreateContainerConfigError'))?.trouble?.reason, 'CannotStart');
    assert.equal(seen(waiting('CrashLoopBackOff'))?.trouble?.reason, 'CrashLoop');
    const pending = seen({
      conditions: [{ type: 'PodScheduled', status: 'False', message: 'no' }],
    });
    assert.equal(pending?.trouble?.reason, 'Unschedulable');
    assert.equal(seen(waiting('ContainerCreating'))?.trouble, undefined);
  });

  it('that ends again and again is in a loop, also while it runs', () => {
    const again = (restartCount: number) =>
      seen({ containerStatuses: [{ name: 'broker', restartCount, state: { running: {} } }] });
    assert.equal(again(1)?.trouble, undefined);
    assert.equal(again(2)?.trouble?.reason, 'CrashLoop');
    assert.equal(again(2)?.isRunning, true);
  });

  it('that is not ready though its container is has lost its node', () => {
    const lost = seen({
      conditions: [{ type: 'Ready', status: 'False' }],
      containerStatuses: [{ name: 'broker', ready: true, state: { running: {} } }],
    });
    assert.equal(lost?.trouble?.reason, 'NodeLost');
    assert.match(
      lost?.trouble?.message ?? '',
      /brokers\.millrace\.dev mill-2 millrace\.dev\/replace=true/,
    );
    const starting = seen({
      conditions: [{ type: 'Ready', status: 'False' }],
      containerStatuses: [{ name: 'broker', ready: false, state: { running: {} } }],
    });
    assert.equal(starting?.trouble, undefined);
  });
});
