/**
 * Unary methods that only the leader of a partition can answer. Any broker takes them and asks the leaders, one hop: what
 * arrives from another broker is answered here or refused (contracts.md, Forwarding).
 */
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import type { BrokerId } from '@millrace/core/ids';
import type { Topic, TopicReference } from '../engine/topics.ts';
import type { ServerContext } from './context.ts';
import { toPartition } from './requests.ts';

/** Of a call that came without a deadline. */
const DEADLINE_MS_DEFAULT = 30_000;

type Handler = (request: unknown) => Promise<unknown>;

/** Partitions by who leads them: here, and at each other broker. */
export interface PartitionsByLeader {
  readonly here: readonly number[];
  readonly elsewhere: ReadonlyMap<BrokerId, readonly number[]>;
}

export class LeaderMethods {
  readonly #byPath = new Map<string, Handler>();

  /** `here` answers for what this broker leads; the rest of its answer is NOT_LEADER. */
  add<Request, Response>(path: string, here: (request: Request) => Promise<Response>): void {
    this.#byPath.set(path, (request) => here(request as Request));
  }

  has(path: string): boolean {
    return this.#byPath.has(path);
  }

  /** From another broker. */
  async forwarded(path: string, request: unknown): Promise<unknown> {
    const handler = this.#byPath.get(path);
    if (handler !== undefined) return await handler(request);
    throw millraceError('INVALID_REQUEST', `${path} is not for a leader`);
  }
}

/** Those that nobody leads are answered here, with the reason. */
export function byLeader(
  { engine }: ServerContext,
  topic: Topic,
  partitions: Iterable<number>,
): PartitionsByLeader {
  const here: number[] = [];
  const elsewhere = new Map<BrokerId, number[]>();
  for (const partition of partitions) {
    const leader = leaderElsewhere(engine, topic, partition);
    if (leader === undefined) {
      here.push(partition);
      continue;
    }
    const led = elsewhere.get(leader);
    if (led === undefined) elsewhere.set(leader, [partition]);
    else led.push(partition);
  }
  return { here, elsewhere };
}

/** Undefined: this broker leads, or nobody does. */
export function leaderElsewhere(
  { forwarding: { leaders } }: ServerContext['engine'],
  topic: Topic,
  partition: number,
): BrokerId | undefined {
  if (topic.partitions[partition]?.role === 'leader') return undefined;
  const leader = leaders.leaderOf(topic, partition);
  return leader === leaders.brokerId ? undefined : leader;
}

/** Has the broker answer as a leader. Rejects with a MillraceError. */
export async function askLeader<Response>(
  { engine }: ServerContext,
  leader: BrokerId,
  path: string,
  request: unknown,
  deadlineMs: number,
): Promise<Response> {
  const address = engine.forwarding.leaders.address(leader, 'peer');
  if (address === undefined) throw unreachable(leader);
  try {
    const response = await engine.peers.controller(address).forward(path, request, deadlineMs);
    // The transport has decoded it as the response of that method.
    return response as Response;
  } catch (error) {
    throw toMillraceError(error);
  }
}

/** Answers as the leader of the one partition that the request names, here or there. Rejects with its error and a hint. */
export async function fromLeader<Request extends TopicReference & { partition: number }, Response>(
  context: ServerContext,
  path: string,
  here: (request: Request) => Promise<Response>,
  request: Request,
  call: { getDeadline(): Date | number },
): Promise<Response> {
  const topic = context.engine.topics.resolve(request);
  const partition = toPartition(request.partition);
  const leader = leaderElsewhere(context.engine, topic, partition);
  if (leader === undefined) return await here(request);
  const named = { ...request, topicId: topic.topicId, topicName: undefined };
  try {
    return await askLeader(context, leader, path, named, remainingMs(context, call));
  } catch (error) {
    throw context.engine.forwarding.leaders.hinted(toMillraceError(error), topic, partition);
  }
}

/** What is left of the client's deadline, in milliseconds. */
export function remainingMs(
  { clock }: ServerContext,
  call: { getDeadline(): Date | number },
): number {
  const deadline = call.getDeadline();
  const leftMs = Number(deadline) - clock.wallMs();
  return Number.isFinite(leftMs) ? Math.max(1, leftMs) : DEADLINE_MS_DEFAULT;
}

function unreachable(leader: BrokerId): MillraceError {
  return millraceError('UNAVAILABLE', `broker ${leader} is not known`, { outcome: 'not-applied' });
}
