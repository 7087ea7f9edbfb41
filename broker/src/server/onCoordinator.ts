/**
 * Unary methods of groups. Any broker takes them and asks the group's coordinator, one hop: who leads the group's
 * partition of `__groups`, which is created by the first request that needs it.
 */
import type { handleUnaryCall } from '@grpc/grpc-js';
import { toMillraceError } from '@millrace/core/errors';
import type { BrokerId } from '@millrace/core/ids';
import { GROUPS_TOPIC } from '@millrace/core/internalTopics';
import type { PeerAddress } from '../cluster/peerTransport.ts';
import { Groups } from '../engine/groups.ts';
import type { Topic } from '../engine/topics.ts';
import type { GroupCoordinator } from '../groups/groupCoordinator.ts';
import type { ServerContext } from './context.ts';
import { askLeader, leaderElsewhere, remainingMs } from './onLeader.ts';

const CREATE_TOPIC = '/millrace.v1.Admin/CreateTopic';

export interface CoordinatorMethod<Request, Response> {
  readonly service: 'Consumer' | 'Admin';
  readonly method: string;
  readonly here: (coordinator: GroupCoordinator, request: Request) => Promise<Response>;
  /** The answer while there are no groups at all; absent: the topic of groups is created. May throw. */
  readonly none?: (request: Request) => Response;
  /** How it is sent to another broker, whose `client` listener is `at`; absent: as it is. */
  readonly passOn?: (
    request: Request,
    send: (request: Request) => Promise<Response>,
    at: PeerAddress | undefined,
  ) => Promise<Response>;
}

export type Asker<Request, Response> = (request: Request, deadlineMs: number) => Promise<Response>;

export class CoordinatorMethods {
  readonly #context: ServerContext;
  #creation: Promise<void> | undefined;

  constructor(context: ServerContext) {
    this.#context = context;
  }

  handler<Request extends { readonly group: string }, Response>(
    method: CoordinatorMethod<Request, Response>,
  ): handleUnaryCall<Request, Response> {
    const ask = this.asker(method);
    return this.#context.unary<Request, Response>(method.method, (request, call) =>
      ask(request, remainingMs(this.#context, call)),
    );
  }

  /** The same for whoever has the request at hand. Rejects with a MillraceError. */
  asker<Request extends { readonly group: string }, Response>(
    method: CoordinatorMethod<Request, Response>,
  ): Asker<Request, Response> {
    const { engine, leaderMethods } = this.#context;
    const path = `/millrace.v1.${method.service}/${method.method}`;
    const here = async (request: Request): Promise<Response> => {
      try {
        return await method.here(engine.groups.coordinatorOf(request.group), request);
      } catch (error) {
        throw this.#hinted(error, request.group);
      }
    };
    leaderMethods.add(path, here);
    return async (request, deadlineMs) => {
      if (engine.groups.topic === undefined) {
        if (method.none !== undefined && engine.topics.isLoaded) return method.none(request);
        await this.#create();
      }
      const leader = this.#leaderElsewhere(Groups.partitionOf(request.group));
      if (leader === undefined) return await here(request);
      try {
        const send = (sent: Request): Promise<Response> =>
          askLeader(this.#context, leader, path, sent, deadlineMs);
        if (method.passOn === undefined) return await send(request);
        const at = engine.forwarding.leaders.address(leader, 'client');
        return await method.passOn(request, send, at);
      } catch (error) {
        throw this.#hinted(error, request.group);
      }
    };
  }

  /** Of all coordinators. */
  everywhere<Request, Response>(
    path: string,
    method: string,
    here: (request: Request) => Promise<Response>,
    merge: (responses: readonly Response[], request: Request) => Response,
  ): handleUnaryCall<Request, Response> {
    const ask = this.brokerAsker(path, here);
    return this.#context.unary<Request, Response>(method, async (request, call) => {
      const deadlineMs = remainingMs(this.#context, call);
      const asked = [...this.coordinators()].map((broker) => ask(broker, request, deadlineMs));
      return merge(await Promise.all(asked), request);
    });
  }

  /** Asks one broker as the coordinator that it is, this one too. Rejects with a MillraceError. */
  brokerAsker<Request, Response>(
    path: string,
    here: (request: Request) => Promise<Response>,
  ): (broker: BrokerId, request: Request, deadlineMs: number) => Promise<Response> {
    this.#context.leaderMethods.add<Request, Response>(path, here);
    return (broker, request, deadlineMs) =>
      broker === this.#context.engine.brokerId
        ? here(request)
        : askLeader<Response>(this.#context, broker, path, request, deadlineMs);
  }

  coordinators(): ReadonlySet<BrokerId> {
    const brokers = new Set<BrokerId>();
    for (const p of this.#context.engine.groups.topic?.statuses.keys() ?? []) {
      brokers.add(this.#coordinatorAt(p));
    }
    return brokers;
  }

  /** This broker, while nobody is known to coordinate the group: it says why. */
  coordinatorOf(groupId: string): BrokerId {
    return this.#coordinatorAt(Groups.partitionOf(groupId));
  }

  #coordinatorAt(partition: number): BrokerId {
    return this.#leaderElsewhere(partition) ?? this.#context.engine.brokerId;
  }

  #leaderElsewhere(partition: number): BrokerId | undefined {
    const { topic } = this.#context.engine.groups;
    return topic && leaderElsewhere(this.#context.engine, topic, partition);
  }

  #hinted(thrown: unknown, groupId: string): unknown {
    const { engine } = this.#context;
    const topic: Topic | undefined = engine.groups.topic;
    const error = toMillraceError(thrown);
    if (topic === undefined || error.code !== 'NOT_COORDINATOR') return error;
    return engine.forwarding.leaders.hinted(error, topic, Groups.partitionOf(groupId));
  }

  #create(): Promise<void> {
    this.#creation ??= this.#createTopic().finally(() => {
      this.#creation = undefined;
    });
    return this.#creation;
  }

  async #createTopic(): Promise<void> {
    const { engine } = this.#context;
    const { name, partitions } = GROUPS_TOPIC;
    const request = { name, partitions, replicationFactor: 0, config: {}, validateOnly: false };
    await engine.route.carryOut<typeof request, unknown>(CREATE_TOPIC, request, (asked) =>
      engine.admin.create(asked),
    );
    await engine.admin.heardThat((metadata) => {
      const statuses = metadata.topicByName(name)?.partitions ?? [];
      return statuses.length === partitions && statuses.every(({ leader }) => leader !== null);
    });
  }
}
