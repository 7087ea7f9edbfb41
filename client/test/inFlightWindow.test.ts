import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { InFlightWindow } from '../src/inFlightWindow.ts';

test('batches that were all refused go back in their order once the last has its answer', () => {
  const window = new InFlightWindow<number, string>();
  for (const batch of [1, 2, 3]) window.sent(batch);
  window.refused(2, 'busy');
  assert.equal(window.isSettling, true);
  assert.throws(() => window.sent(4));
  assert.deepEqual(window.takeRefused(), []);
  window.refused(1, 'busy');
  window.refused(3, 'busy');
  assert.deepEqual(window.takeRefused(), [1, 2, 3]);
  assert.equal(window.length, 0);
  window.sent(4);
});

test('a refused batch that a later one has overtaken is not sent again', () => {
  const window = new InFlightWindow<number, string>();
  for (const batch of [1, 2, 3]) window.sent(batch);
  window.refused(1, 'busy');
  assert.deepEqual(window.acknowledged(2), [{ batch: 1, error: 'busy' }]);
  window.refused(3, 'busy');
  assert.deepEqual(window.takeRefused(), [3]);
});

test('a batch that failed for good does not hold up the others', () => {
  const window = new InFlightWindow<number, string>();
  for (const batch of [1, 2]) window.sent(batch);
  window.failed(1);
  assert.equal(window.isSettling, false);
  assert.deepEqual(window.acknowledged(2), []);
  assert.equal(window.length, 0);
});

test('a batch whose refusal comes after the acknowledgement of a later one is not sent again', () => {
  const window = new InFlightWindow<number, string>();
  for (const batch of [1, 2]) window.sent(batch);
  assert.deepEqual(window.acknowledged(2), []);
  assert.deepEqual(window.refused(1, 'busy'), [{ batch: 1, error: 'busy' }]);
  assert.equal(window.length, 0);
  assert.equal(window.isSettling, false);
});

test('whatever a broker answers and however answers overtake each other, its log keeps the order of sending', () => {
  const verdict = fc.constantFrom('applied', 'refused', 'failed');
  const arrival = fc.tuple(verdict, fc.nat({ max: 4 }));
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.array(arrival, { minLength: 300, maxLength: 300 }),
      (inFlightMax, arrivals) => {
        const window = new InFlightWindow<number, string>();
        const log: number[] = [];
        const settled: number[] = [];
        let queue = Array.from({ length: 20 }, (_, index) => index);
        let answers: { batch: number; verdict: string }[] = [];
        for (const [kind, pick] of arrivals) {
          const mayAppend = !window.isSettling && window.length < inFlightMax;
          const next = mayAppend ? queue.shift() : undefined;
          if (next !== undefined) {
            window.sent(next);
            if (kind === 'applied') log.push(next);
            answers.push({ batch: next, verdict: kind });
            // Often more are sent before an answer comes.
            if (pick > 1) continue;
          }
          const answer = answers[pick % answers.length];
          if (answer === undefined) continue;
          answers = answers.filter((other) => other !== answer);
          let overtaken: readonly { batch: number }[] = [];
          if (answer.verdict === 'applied') {
            overtaken = window.acknowledged(answer.batch);
            settled.push(answer.batch);
          } else if (answer.verdict === 'failed') {
            window.failed(answer.batch);
            settled.push(answer.batch);
          } else {
            overtaken = window.refused(answer.batch, 'busy');
          }
          settled.push(...overtaken.map(({ batch }) => batch));
          queue = [...window.takeRefused(), ...queue];
        }
        assert.deepEqual(
          log,
          log.toSorted((a, b) => a - b),
        );
        assert.equal(new Set(log).size, log.length);
        assert.equal(new Set(settled).size, settled.length);
      },
    ),
    { numRuns: 500 },
  );
});
