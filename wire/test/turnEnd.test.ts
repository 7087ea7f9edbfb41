import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { atTurnEnd } from '../src/turnEnd.ts';

test('stages that lead to one another end in one turn, each after all of the one before', async () => {
  const calls: string[] = [];
  setImmediate(() => calls.push('next turn'));
  atTurnEnd(() => {
    calls.push('write 1');
    atTurnEnd(() => calls.push('send 1'));
    setImmediate(() => calls.push('the turn after'));
  });
  atTurnEnd(() => {
    calls.push('write 2');
    atTurnEnd(() => calls.push('send 2'));
  });
  await turn();
  await turn();
  assert.deepEqual(calls, [
    'next turn',
    'write 1',
    'write 2',
    'send 1',
    'send 2',
    'the turn after',
  ]);
});

test('what asks for itself again and again leaves turns to others', async () => {
  let isOver = false;
  let calls = 0;
  const again = (): void => {
    calls++;
    if (!isOver) atTurnEnd(again);
  };
  atTurnEnd(again);
  await turn();
  await turn();
  isOver = true;
  assert.ok(calls > 1 && calls < 20, `${calls} calls in two turns`);
});

test('one that throws takes none of the others with it', async (t) => {
  const failed = Promise.withResolvers<unknown>();
  const listeners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.once('uncaughtException', failed.resolve);
  t.after(() => {
    for (const listener of listeners) process.on('uncaughtException', listener);
  });
  const calls: string[] = [];
  atTurnEnd(() => calls.push('before'));
  atTurnEnd(() => {
    throw new Error('planted');
  });
  atTurnEnd(() => calls.push('after'));
  assert.match(String(await failed.promise), /planted/);
  await turn();
  assert.deepEqual(calls, ['before', 'after']);
});
