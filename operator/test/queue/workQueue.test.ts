import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RETRY_MS_MAX, retryMs, WorkQueue } from '../../src/queue/workQueue.ts';

function gate() {
  return Promise.withResolvers<void>();
}

describe('a work queue', () => {
  it('waits 5 ms, doubled with each failure in a row, up to 1000 s', () => {
    assert.deepEqual([1, 2, 3, 10].map(retryMs), [5, 10, 20, 2560]);
    assert.equal(retryMs(60), RETRY_MS_MAX);
    assert.equal(RETRY_MS_MAX, 1_000_000);
  });

  it('handles a key by one worker at a time, and once more if it was added meanwhile', async () => {
    const opened = gate();
    const done = gate();
    let running = 0;
    let most = 0;
    let runs = 0;
    const queue = new WorkQueue({
      workers: 4,
      onFailed: (_, error) => assert.fail(String(error)),
      handle: async () => {
        running += 1;
        most = Math.max(most, running);
        runs += 1;
        await opened.promise;
        running -= 1;
        if (runs === 2) done.resolve();
        return undefined;
      },
    });
    queue.add('a');
    for (let more = 0; more < 10; more++) queue.add('a');
    opened.resolve();
    await done.promise;
    await queue.stop();
    assert.equal(most, 1);
    assert.equal(runs, 2);
  });

  it('does not let the failures of one key hold up another', async () => {
    const done = gate();
    const failures: number[] = [];
    const queue = new WorkQueue({
      workers: 1,
      onFailed: (_, __, delayMs) => failures.push(delayMs),
      handle: async (key) => {
        if (key === 'bad' && failures.length < 3) throw new Error('bad');
        if (key === 'bad') done.resolve();
        return undefined;
      },
    });
    queue.add('bad');
    queue.add('good');
    await done.promise;
    await queue.stop();
    assert.deepEqual(failures, [5, 10, 20]);
  });

  it('begins nothing after it was stopped, and stops when what was begun has ended', async () => {
    const opened = gate();
    let ended = 0;
    const queue = new WorkQueue({
      workers: 1,
      onFailed: () => undefined,
      handle: async () => {
        await opened.promise;
        ended += 1;
        return 1;
      },
    });
    queue.add('a');
    queue.add('b');
    const stopped = queue.stop();
    opened.resolve();
    await stopped;
    queue.add('c');
    assert.equal(ended, 1);
    assert.equal(queue.depth, 0);
  });
});
