/** Asks every live broker for what no other knows: its process, its disk, its copies. */
import type { ClusterBroker } from '@millrace/client/clusterDescription';
import type { Millrace } from '@millrace/client/millrace';
import type { GlobalOptions } from './commandContext.ts';
import { withClient } from './commandContext.ts';

/** A broker that does not answer must not hold up what the others say. */
const PATIENCE_MS = 3_000;

/** By broker id; one that did not answer in time is left out. */
export async function askEachBroker<T>(
  options: GlobalOptions,
  brokers: readonly ClusterBroker[],
  ask: (client: Millrace, brokerId: number) => Promise<T>,
): Promise<Map<number, T>> {
  const timeout = Math.min(options.timeout ?? PATIENCE_MS, PATIENCE_MS);
  const answers = new Map<number, T>();
  await Promise.all(
    brokers.map(async ({ brokerId, endpoints }) => {
      const at = endpoints.find(({ listener }) => listener === 'client');
      if (at === undefined) return;
      const host = at.host.includes(':') ? `[${at.host}]` : at.host;
      const server = `${host}:${at.port}`;
      try {
        const answer = await withClient({ ...options, server, timeout }, (client) =>
          ask(client, brokerId),
        );
        answers.set(brokerId, answer);
      } catch {
        // It is left out, as one that is down.
      }
    }),
  );
  return answers;
}
