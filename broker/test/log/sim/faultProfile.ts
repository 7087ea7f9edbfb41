import type { Random } from '../../../src/io/random.ts';
import {
  firstOf,
  shortTransfers,
  type SimFault,
  type SimFaultPlan,
  type SimOperation,
  type SimOperationKind,
} from '../../../src/io/sim/simFaults.ts';

/**
 * `crashes`: kill -9 and power loss at any moment, slow and short operations; nobody may lose anything.
 * `restarts`: many short boots, most of which die in recovery. `errors`: operations fail as well. `damage`: in the end
 * the disk is damaged: what was acknowledged may be missing then, but never without a word. `compaction`: crashes and, in
 * one boot of four, errors, while logs with keys and tombstones are compacted.
 */
export const profiles = ['crashes', 'restarts', 'errors', 'damage', 'compaction'] as const;
export type ProfileName = (typeof profiles)[number];

export type BootPhase = 'opening' | 'checking' | 'serving';

interface ErrorRule {
  readonly operations: readonly SimOperationKind[];
  readonly path: RegExp;
  readonly codes: readonly string[];
}

const servingErrors: readonly ErrorRule[] = [
  { operations: ['write'], path: /\.log$/, codes: ['EIO', 'ENOSPC'] },
  { operations: ['write'], path: /\.log$/, codes: ['ENOSPC'] },
  { operations: ['write', 'truncate'], path: /\.log$/, codes: ['EIO', 'ENOSPC'] },
  { operations: ['truncate'], path: /\.log$/, codes: ['EIO'] },
  { operations: ['sync'], path: /\.log$/, codes: ['EIO', 'ENOSPC'] },
  {
    operations: ['write', 'truncate', 'sync', 'read', 'open'],
    path: /index$/,
    codes: ['EIO', 'ENOSPC'],
  },
  { operations: ['write'], path: /journal\/\d+$/, codes: ['EIO'] },
  { operations: ['sync'], path: /journal\/\d+$/, codes: ['EIO', 'ENOSPC'] },
  { operations: ['write', 'open', 'sync'], path: /checkpoints\.tmp$/, codes: ['ENOSPC', 'EMFILE'] },
  { operations: ['write', 'sync', 'rename'], path: /checkpoints\.tmp$/, codes: ['EIO'] },
  {
    operations: ['write', 'open', 'sync', 'rename'],
    path: /(cleaned|swap)/,
    codes: ['EIO', 'ENOSPC'],
  },
  { operations: ['syncDirectory'], path: /./, codes: ['EIO'] },
  { operations: ['read'], path: /\.log$/, codes: ['EIO'] },
  { operations: ['open'], path: /\.log$/, codes: ['EMFILE', 'EIO'] },
  { operations: ['unlink', 'rename', 'mkdir'], path: /./, codes: ['EIO', 'EACCES'] },
  {
    operations: ['write', 'sync', 'rename', 'open'],
    path: /(partition\.json|epochs)/,
    codes: ['EIO', 'ENOSPC'],
  },
];

/** Recovery must not be refused a read: a file that cannot be read is a damaged one (rule 12). */
const openingErrors: readonly ErrorRule[] = [
  { operations: ['write', 'sync'], path: /journal\/\d+$/, codes: ['EIO', 'ENOSPC'] },
  {
    operations: ['write', 'sync', 'rename', 'open'],
    path: /checkpoints\.tmp$/,
    codes: ['EIO', 'ENOSPC'],
  },
  { operations: ['syncDirectory', 'sync'], path: /./, codes: ['EIO'] },
  { operations: ['write', 'truncate', 'sync', 'unlink'], path: /topics/, codes: ['EIO', 'ENOSPC'] },
  { operations: ['unlink', 'rename', 'mkdir'], path: /./, codes: ['EIO', 'EACCES'] },
];

interface DrawnRule extends ErrorRule {
  readonly phase: BootPhase;
  readonly probability: number;
}

/** The faults of one boot. */
export class BootFaults {
  phase: BootPhase = 'opening';
  /** Errors dealt in this boot, in words. */
  readonly errors: string[] = [];
  readonly plan: SimFaultPlan;
  readonly #random: Random;
  readonly #rules: readonly DrawnRule[];
  /** Syncs of the data directory itself until one fails while the boot is opening. */
  #syncsUntilFailure: number;
  readonly #onError: (what: string) => void;

  constructor(random: Random, profile: ProfileName, onError: (what: string) => void) {
    this.#random = random;
    this.#onError = onError;
    const hasErrors = profile === 'errors' || (profile === 'compaction' && random.int(4) === 0);
    this.#rules = hasErrors ? drawRules(random) : [];
    this.#syncsUntilFailure = profile === 'errors' && random.int(5) === 0 ? random.int(8) : -1;
    const shorts = random.int(3) === 0 ? shortTransfers(random, 0.1) : () => undefined;
    this.plan = firstOf(
      killInside(random),
      (operation) => this.#error(operation),
      shorts,
      slow(random),
    );
  }

  #error(operation: SimOperation): SimFault | undefined {
    if (operation.kind === 'syncDirectory' && operation.path.endsWith('/broker')) {
      this.#syncsUntilFailure -= 1;
      if (this.#syncsUntilFailure === 0 && this.phase === 'opening')
        return this.#deal(operation, 'EIO');
    }
    for (const { phase, operations, path, probability, codes } of this.#rules) {
      if (phase !== this.phase || !operations.includes(operation.kind)) continue;
      if (!path.test(operation.path) || this.#random.float() >= probability) continue;
      return this.#deal(operation, codes[this.#random.int(codes.length)] ?? 'EIO');
    }
    return undefined;
  }

  #deal({ kind, path }: SimOperation, code: string): SimFault {
    const error = `${code} of ${kind} ${path}`;
    this.errors.push(error);
    this.#onError(error);
    return { kind: 'error', code };
  }
}

function drawRules(random: Random): DrawnRule[] {
  const rules: DrawnRule[] = [];
  for (const rule of openingErrors) {
    if (random.int(15) === 0) rules.push({ ...rule, phase: 'opening', probability: 0.2 });
  }
  for (const rule of servingErrors) {
    if (random.int(6) > 0) continue;
    rules.push({ ...rule, phase: 'serving', probability: [0.3, 0.05, 0.01][random.int(3)] ?? 0.1 });
  }
  return rules;
}

/** In one boot of five the process dies inside an operation. */
function killInside(random: Random): SimFaultPlan {
  if (random.int(5) > 0) return () => undefined;
  let left = random.int(random.int(2) === 0 ? 60 : 600);
  return () => {
    left -= 1;
    return left === 0 ? { kind: 'kill' } : undefined;
  };
}

/**
 * Slow syncs always, so slow in one boot of four that much is unsynced when it ends; in another one of four writes that
 * stop the event loop, which then go through the pool.
 */
function slow(random: Random): SimFaultPlan {
  const slowWrites = random.int(4) === 0 ? 0.1 : 0;
  const slowSyncs = [0.02, 0.02, 0.2, 0.8][random.int(4)] ?? 0.02;
  return ({ kind }) => {
    if (kind === 'write' && random.float() < slowWrites)
      return { kind: 'delay', ms: random.int(12) };
    if (kind === 'sync' && random.float() < slowSyncs)
      return { kind: 'delay', ms: random.int(100) };
    return undefined;
  };
}
