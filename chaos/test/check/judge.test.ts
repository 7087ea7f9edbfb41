/** Each checker finds the bug that is planted for it, and none finds anything where nothing is wrong. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { CHECKERS, judge } from '../../src/check/judge.ts';
import { latentDamage } from '../../src/check/copies.ts';
import { ReadLog } from '../../src/history/readLog.ts';
import { FOREIGN, valueName } from '../../src/history/valueName.ts';
import type { PartitionHistory } from '../../src/history/partitionHistory.ts';
import {
  BATCHES,
  batch,
  copyLog,
  history,
  LOG,
  type Line,
  readLog,
  sendLogs,
} from './plantedHistory.ts';

interface PlantedBug {
  readonly what: string;
  readonly history: PartitionHistory;
  /** Checkers that say something, in their order. */
  readonly found: readonly string[];
}

function read(lines: readonly Line[], highWatermark?: number): Partial<PartitionHistory> {
  const log = readLog('follower', lines, highWatermark === undefined ? {} : { highWatermark });
  return { reads: [log], followers: [] };
}

const upTo = (end: number): readonly Line[] => LOG.slice(0, end);

const BUGS: readonly PlantedBug[] = [
  {
    what: 'the last acknowledged record is not in the log any more',
    history: history({
      final: readLog('the final reading', upTo(7)),
      highWatermark: 7,
      ...read(upTo(7)),
    }),
    found: ['lost write'],
  },
  {
    what: 'a record in the middle is lost',
    history: history({
      final: readLog('the final reading', [...upTo(4), ...LOG.slice(5)]),
      ...read([...upTo(4), ...LOG.slice(5)]),
    }),
    found: ['lost write'],
  },
  {
    what: 'a follower never gets the last record',
    history: (() => {
      const follower = readLog('follower', upTo(7));
      return history({ reads: [follower], followers: [follower] });
    })(),
    found: ['unseen'],
  },
  {
    what: 'a deposed leader acknowledged at an offset that another record has in the end',
    history: history({ sends: sendLogs([[2, 0, 0], ...LOG.slice(2)]) }),
    found: ['inconsistent offset', 'duplicate', 'non-monotonic send'],
  },
  {
    what: 'two readers see different values at one offset',
    history: history(read([...upTo(5), [5, 0, 4]])),
    found: ['inconsistent offset', 'duplicate'],
  },
  {
    what: 'a retry appended the record a second time',
    history: history({
      final: readLog('the final reading', [...LOG, [9, 1, 3]]),
      highWatermark: 10,
      copies: [],
    }),
    found: ['duplicate'],
  },
  {
    what: 'the record that was refused is in the log',
    history: history({
      final: readLog('the final reading', [...LOG, [9, 1, 4]]),
      highWatermark: 10,
      copies: [],
    }),
    found: ['refused write applied'],
  },
  {
    what: 'a reader was shown what was refused, and it was cut away afterwards',
    history: history(read([...LOG, [9, 1, 4]])),
    found: ['refused write applied', 'vanished read'],
  },
  {
    what: 'a record that nobody sent is in the log',
    history: history({
      final: readLog('the final reading', [...LOG, [9, 0, 5]]),
      highWatermark: 10,
      copies: [],
    }),
    found: ['foreign value'],
  },
  {
    what: 'the bytes of a record changed on the way to a reader',
    history: (() => {
      const log = new ReadLog('follower');
      log.poll(9, [
        { offset: 0, value: valueName(0, 0) },
        { offset: 1, value: FOREIGN },
      ]);
      return history({ reads: [log], followers: [] });
    })(),
    found: ['inconsistent offset', 'foreign value'],
  },
  {
    what: 'a later record of a producer is below an earlier one',
    history: (() => {
      const swapped: readonly Line[] = [[0, 0, 1], [1, 1, 0], [2, 0, 0], ...LOG.slice(3)];
      return history({
        sends: sendLogs(swapped),
        final: readLog('the final reading', swapped),
        ...read(swapped),
      });
    })(),
    found: ['non-monotonic send'],
  },
  {
    what: 'a reader is shown an offset twice',
    history: history(read([...upTo(4), ...LOG.slice(3)])),
    found: ['non-monotonic poll'],
  },
  {
    what: 'a reader is taken back to the start',
    history: history(read([...upTo(4), ...LOG])),
    found: ['non-monotonic poll'],
  },
  {
    what: 'a reader is taken past two records',
    history: history(read([...upTo(3), ...LOG.slice(5)])),
    found: ['poll skip'],
  },
  {
    what: 'a reader that wanted all begins past the first record',
    history: history(read(LOG.slice(1))),
    found: ['poll skip'],
  },
  {
    what: 'a reader is shown what is not committed yet',
    history: history(read(LOG, 8)),
    found: ['read past the high watermark'],
  },
  {
    what: 'what a reader was shown was never committed',
    history: history({
      final: readLog('the final reading', upTo(8)),
      highWatermark: 8,
      ...read(LOG),
    }),
    found: ['vanished read'],
  },
  {
    what: 'a copy has the right tail and a wrong middle',
    history: history({
      copies: [
        copyLog(0),
        copyLog(1, { batches: [batch(0, 3), batch(3, 6, 'other bytes'), batch(6, 9)] }),
        copyLog(2),
      ],
    }),
    found: ['replicas differing'],
  },
  {
    what: 'a copy lacks a batch in the middle',
    history: history({ copies: [copyLog(0), copyLog(1, { batches: [batch(0, 3), batch(6, 9)] })] }),
    found: ['replicas differing'],
  },
  {
    what: 'a copy outside the ISR differs',
    history: history({
      copies: [
        copyLog(0, { inIsr: false, batches: [batch(0, 3), batch(3, 6, 'other bytes')] }),
        copyLog(1),
      ],
    }),
    found: ['replicas differing'],
  },
  {
    what: 'a copy in the ISR does not have what is committed',
    history: history({ copies: [copyLog(0), copyLog(1, { batches: BATCHES.slice(0, 2) })] }),
    found: ['replica short of the high watermark'],
  },
  {
    what: 'a disk rotted, and all copies hold the same broken bytes',
    history: history({
      copies: [0, 1].map((brokerId) =>
        copyLog(brokerId, { batches: BATCHES.map((each) => ({ ...each, isIntact: false })) }),
      ),
    }),
    found: ['broken batch'],
  },
];

test('nothing is found where nothing is wrong', () => {
  assert.deepEqual(findings(history()), []);
});

for (const { what, history: planted, found } of BUGS) {
  test(`found: ${what}`, () => assert.deepEqual(findings(planted), found));
}

test('every checker finds at least one planted bug', () => {
  const found = new Set(BUGS.flatMap((bug) => bug.found));
  assert.deepEqual(
    CHECKERS.map(({ name }) => name).filter((name) => !found.has(name)),
    [],
  );
});

test('a copy that stands outside the ISR may be shorter', () => {
  const behind = copyLog(2, { inIsr: false, batches: BATCHES.slice(0, 1) });
  assert.deepEqual(findings(history({ copies: [copyLog(0), copyLog(1), behind] })), []);
});

test('above the high watermark copies may differ', () => {
  const tail = (digest: string) => ({ batches: [...BATCHES, batch(9, 10, digest)] });
  assert.deepEqual(
    findings(history({ copies: [copyLog(0, tail('a')), copyLog(1, tail('b'))] })),
    [],
  );
});

test('bits that the run itself flipped are counted apart, as long as the other copies agree', () => {
  const flipped = [batch(0, 3), { ...batch(3, 6, 'flipped'), isIntact: false }, batch(6, 9)];
  const planted = history({
    copies: [copyLog(0, { batches: flipped, isDamagedByUs: true }), copyLog(1), copyLog(2)],
  });
  assert.deepEqual(findings(planted), []);
  assert.equal(latentDamage(planted), 1);
});

test('an intact batch of a damaged copy is compared like any other', () => {
  const wrong = [batch(0, 3), batch(3, 6, 'other bytes'), batch(6, 9)];
  const planted = history({
    copies: [copyLog(0, { batches: wrong, isDamagedByUs: true }), copyLog(1), copyLog(2)],
  });
  assert.deepEqual(findings(planted), ['replicas differing']);
});

test('a verdict counts all and shows the first few, each with its partition', () => {
  const [lost] = judge([
    history({ final: readLog('the final reading', []), ...read([]), copies: [] }),
    { ...history(), partition: 1 },
  ]);
  assert.equal(lost?.count, 8);
  assert.equal(lost.examples.length, 5);
  assert.match(lost.examples[0] ?? '', /^partition 0: producer 0's record 0, .* offset 0/);
});

/** Names of the checkers that found something. */
function findings(planted: PartitionHistory): string[] {
  return judge([planted]).flatMap(({ checker, count }) => (count > 0 ? [checker] : []));
}
