import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toBrokerId } from '../src/ids.ts';
import { type PlaceableBroker, place } from '../src/place.ts';

const idle = (id: number, rack = ''): PlaceableBroker => ({
  id: toBrokerId(id),
  rack,
  cordoned: false,
  replicas: 0,
  leaders: 0,
});

const spread = (counts: readonly number[]) => Math.max(...counts) - Math.min(...counts);

function countOf<K>(keys: readonly K[], all: readonly K[]): number[] {
  return all.map((wanted) => keys.filter((key) => key === wanted).length);
}

const shape = fc
  .record({
    racks: fc.integer({ min: 1, max: 5 }),
    perRack: fc.integer({ min: 1, max: 4 }),
    partitions: fc.integer({ min: 1, max: 40 }),
    seed: fc.uuid(),
  })
  .chain(
    (given) =>
      fc.record({
        ...Object.fromEntries(
          Object.entries(given).map(([key, value]) => [key, fc.constant(value)]),
        ),
        rf: fc.integer({ min: 1, max: given.racks * given.perRack }),
      }) as fc.Arbitrary<typeof given & { rf: number }>,
  );

test('racks of equal size differ by one replica at most, in each partition and in the topic', () => {
  fc.assert(
    fc.property(shape, ({ racks, perRack, partitions, rf, seed }) => {
      const names = Array.from({ length: racks }, (_, index) => `rack-${index}`);
      const brokers = names.flatMap((rack, r) =>
        Array.from({ length: perRack }, (_, index) => idle(index * racks + r, rack)),
      );
      const rackOf = new Map(brokers.map(({ id, rack }) => [id, rack]));
      const placed = place(brokers, partitions, rf, seed);
      assert.equal(placed.length, partitions);
      for (const replicas of placed) {
        assert.equal(new Set(replicas).size, rf);
        assert.ok(
          spread(
            countOf(
              replicas.map((id) => rackOf.get(id)),
              names,
            ),
          ) <= 1,
        );
      }
      const all = placed.flat();
      assert.ok(
        spread(
          countOf(
            all.map((id) => rackOf.get(id)),
            names,
          ),
        ) <= 1,
      );
      const ids = brokers.map(({ id }) => id);
      assert.ok(spread(countOf(all, ids)) <= 1, 'replicas per broker');
    }),
  );
});

test('leaders of a topic are spread over brokers without racks', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 5 }),
      fc.uuid(),
      (count, partitions, wanted, seed) => {
        const brokers = Array.from({ length: count }, (_, index) => idle(index));
        const placed = place(brokers, partitions, Math.min(wanted, count), seed);
        const leaders = placed.map(([leader]) => leader);
        assert.ok(
          spread(
            countOf(
              leaders,
              brokers.map(({ id }) => id),
            ),
          ) <= 1,
        );
      },
    ),
  );
});

test('a topic of the largest size is placed at once', () => {
  const brokers = Array.from({ length: 30 }, (_, index) => idle(index, `rack-${index % 3}`));
  const placed = place(brokers, 10_000, 3, 'seed');
  const leaders = placed.map(([leader]) => leader);
  const counts = countOf(
    leaders,
    brokers.map(({ id }) => id),
  );
  assert.ok(spread(counts) <= 1);
});

test('the order of the brokers does not matter', () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }),
      fc.uuid(),
      (order, seed) => {
        const brokers = [0, 1, 2, 3, 4, 5].map((id) => idle(id, `rack-${id % 2}`));
        const shuffled = order.map((id) => brokers[id] ?? idle(id));
        assert.deepEqual(place(shuffled, 7, 3, seed), place(brokers, 7, 3, seed));
      },
    ),
  );
});

test('a loaded broker is left to the end and a cordoned one out', () => {
  const brokers = [
    { ...idle(0), replicas: 10 },
    idle(1),
    { ...idle(2), cordoned: true },
    { ...idle(3), leaders: 1 },
  ];
  assert.deepEqual(place(brokers, 1, 2, 'seed'), [[1, 3]]);
  assert.deepEqual(
    place(brokers, 1, 3, 'seed')
      .flat()
      .toSorted((a, b) => a - b),
    [0, 1, 3],
  );
});

test('a small rack gives what it has, the others the rest', () => {
  const brokers = [idle(0, 'a'), idle(1, 'b'), idle(2, 'b'), idle(3, 'b')];
  for (const replicas of place(brokers, 5, 3, 'seed')) assert.ok(replicas.includes(toBrokerId(0)));
});

test('more replicas than brokers is refused, nothing is placed', () => {
  const brokers = [idle(0), { ...idle(1), cordoned: true }];
  const refused = { code: 'INVALID_REPLICATION_FACTOR' };
  assert.throws(() => place(brokers, 3, 2, 'seed'), refused);
  assert.throws(() => place(brokers, 3, 0, 'seed'), refused);
  assert.throws(() => place([], 0, 1, 'seed'), refused);
});

test('partitions that are added go on where the topic ended', () => {
  const brokers = [idle(0, 'a'), idle(1, 'b'), idle(2, 'c')];
  const before = place(brokers, 2, 1, 'seed');
  const loaded = brokers.map((broker) => ({
    ...broker,
    replicas: before.flat().filter((id) => id === broker.id).length,
  }));
  const after = place(loaded, 1, 1, 'seed', 2);
  assert.deepEqual(
    [...before, ...after].flat().toSorted((a, b) => a - b),
    [0, 1, 2],
  );
});
