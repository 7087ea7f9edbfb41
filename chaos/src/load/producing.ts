/** How the producers of a run send again what may be in the log already. */
import type { ProducerOptions } from '@millrace/client/producerOptions';

export const PRODUCING = ['mixed', 'idempotent', 'doubling'] as const;
export type Producing = (typeof PRODUCING)[number];

/**
 * Of producer `number` among `producers`. `mixed`: idempotent but for the last of several, which sends nothing again that may
 * be in the log. `doubling`: all send it again, and nobody recognizes it: a run that shows that the checkers notice.
 */
export function sendingAgain(
  producing: Producing,
  number: number,
  producers: number,
): Pick<ProducerOptions, 'idempotence' | 'retryUnknown'> {
  if (producing === 'doubling') return { idempotence: false, retryUnknown: true };
  const isAlone = producing === 'mixed' && producers > 1 && number === producers - 1;
  return { idempotence: !isAlone };
}
