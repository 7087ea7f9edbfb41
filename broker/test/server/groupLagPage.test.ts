import assert from 'node:assert/strict';
import test from 'node:test';
import type { GroupLag } from '@millrace/proto/generated/millrace/v1/GroupLag';
import { after, firstRows, placeOf, tokenAfter } from '../../src/server/groupLagPage.ts';

const TOPICS = [1, 2].map((n) => `00000000-0000-4000-8000-00000000000${n}`);

function group(name: string, partitions: number): GroupLag {
  const partitionLags = TOPICS.flatMap((topicId) =>
    Array.from({ length: partitions }, (_, partition) => ({ topicId, partition })),
  );
  return { group: name, partitionLags };
}

function rows(groups: readonly GroupLag[]): string[] {
  return groups.flatMap(({ group: name, partitionLags }) => {
    const lags = partitionLags ?? [];
    if (lags.length === 0) return [`${name}`];
    return lags.map(({ topicId, partition }) => `${name} ${topicId?.at(-1)}/${partition}`);
  });
}

/** As clients ask, page by page. */
function paged(groups: readonly GroupLag[], size: number): string[] {
  const found: string[] = [];
  for (let token = '', page = 0; page < 100; page++) {
    const place = placeOf(token);
    const left = groups
      .filter(({ group: name = '' }) => name >= place.group)
      .flatMap((each) => after(each, place) ?? []);
    const cut = firstRows(left, size);
    const given = rows(cut.groups);
    assert.ok(given.length <= size);
    found.push(...given);
    token = tokenAfter(cut);
    if (token === '') return found;
  }
  assert.fail('no end');
}

test('pages of any size give every row once, in order', () => {
  const groups = [group('b', 12), group('a', 0), group('c', 1), group('d', 0)];
  const all = rows(firstRows(groups, 1000).groups);
  assert.equal(all.length, 28);
  assert.deepEqual(all.slice(0, 3), ['a', 'b 1/0', 'b 1/1']);
  for (const size of [1, 2, 3, 7, 12, 13, 27, 28, 29]) assert.deepEqual(paged(groups, size), all);
});

test('what is no token of a page is refused', () => {
  const token = (value: unknown): string =>
    Buffer.from(JSON.stringify(value)).toString('base64url');
  for (const wrong of ['x', token(5), token([]), token(['a', 'b', 1.5]), token({}), '\u0000']) {
    assert.throws(() => placeOf(wrong), { code: 'INVALID_REQUEST' });
  }
  const place = placeOf(token(['a', 'no topic', 1]));
  assert.throws(() => after(group('a', 1), place), { code: 'INVALID_REQUEST' });
});
