import { randomBytes, randomInt } from 'node:crypto';
import type { Random } from './random.ts';

/** The operating system's generator: fit for secrets (a journalId seeds CRCs) and ids. */
export const systemRandom: Random = {
  bytes: (length) => randomBytes(length),
  int: (maxExclusive) => randomInt(maxExclusive),
  float: () => randomInt(2 ** 26) / 2 ** 26 + randomInt(2 ** 27) / 2 ** 53,
};
