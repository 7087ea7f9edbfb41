import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MillraceError } from '../src/errors.ts';
import { TopicPattern } from '../src/topicPattern.ts';

const name = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-', '_', '1'), maxLength: 12 });

/** Pattern text that both engines understand alike. */
const source: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom('a', 'b', '.', '\\.', '\\d', '\\w', '[ab]', '[^a]', '[a-b1]', '1', '_', '[.-]'),
    fc.tuple(tie('node'), tie('node')).map(([left, right]) => left + right),
    fc.tuple(tie('node'), tie('node')).map(([left, right]) => `(${left}|${right})`),
    fc
      .tuple(tie('node'), fc.constantFrom('*', '+', '?', '{2}', '{0,2}', '{1,}', ''))
      .map(([part, repeat]) => `(?:${part})${repeat}`),
  ),
})).node;

describe('a topic pattern', () => {
  test('matches what the regular expression of the same text matches as a whole', () => {
    const property = fc.property(source, fc.array(name, { maxLength: 20 }), (text, names) => {
      let pattern: TopicPattern;
      try {
        pattern = new TopicPattern(text);
      } catch (error) {
        assert.ok(error instanceof MillraceError && text.length > 60, text);
        return;
      }
      const reference = new RegExp(`^(?:${text})$`);
      for (const one of names)
        assert.equal(pattern.matches(one), reference.test(one), `${text} ${one}`);
    });
    fc.assert(property, { numRuns: 500 });
  });

  test('matches the whole name, with anchors or without', () => {
    const orders = new TopicPattern('^orders[.](eu|us)-\\d{1,3}$');
    assert.ok(orders.matches('orders.eu-12'));
    assert.ok(!orders.matches('orders.eu-1234'));
    assert.ok(!orders.matches('my.orders.eu-1'));
    assert.ok(new TopicPattern('').matches(''));
    assert.ok(new TopicPattern('.*').matches('anything.at_all'));
  });

  test('takes time in proportion to the name where others take for ever', () => {
    const pattern = new TopicPattern('(a+)+(b+)*(a*)*c');
    const startMs = performance.now();
    for (let round = 0; round < 20; round++) assert.ok(!pattern.matches('a'.repeat(249)));
    // A backtracking engine would not end in the life of this machine.
    assert.ok(performance.now() - startMs < 5000);
  });

  test('that is wrong, too long or of another dialect is refused', () => {
    const wrong = [
      '(',
      ')',
      'a)',
      '[a',
      '*a',
      'a**',
      'a{2,1}',
      'a{',
      '\\',
      '\\1',
      '(?=a)',
      '(?<n>a)',
      '[b-a]',
    ];
    const long = [
      'a'.repeat(257),
      '(a{100}){100}',
      '('.repeat(20) + ')'.repeat(20),
      'a$b',
      'a^b',
      '(((){999}){999}){999}',
    ];
    for (const text of [...wrong, ...long]) {
      assert.throws(
        () => new TopicPattern(text),
        (error) => error instanceof MillraceError && error.code === 'INVALID_REQUEST',
        text,
      );
    }
  });
});
