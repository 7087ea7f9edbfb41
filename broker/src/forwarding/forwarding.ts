/** What it takes to serve clients of this broker what other brokers lead. */
import type { DataTransport } from '../cluster/dataTransport.ts';
import type { Topics } from '../engine/topics.ts';
import type { Clock } from '../io/clock.ts';
import type { Leaders } from './leaders.ts';
import { ProduceLanes } from './produceLanes.ts';

export interface Forwarding {
  readonly leaders: Leaders;
  readonly topics: Topics;
  readonly clock: Clock;
  /** Of this broker; empty: none. */
  readonly rack: string;
  /** Undefined: nothing is forwarded. */
  readonly transport: DataTransport | undefined;
}

/** For one client stream; undefined if nothing is forwarded. */
export function newProduceLanes({
  leaders,
  transport,
}: Pick<Forwarding, 'leaders' | 'transport'>): ProduceLanes | undefined {
  return transport === undefined ? undefined : new ProduceLanes(leaders, transport);
}
