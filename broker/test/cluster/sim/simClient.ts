import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { PeerStream } from '../../../src/cluster/peerTransport.ts';
import type { SeededRandom } from '../../../src/io/seededRandom.ts';
import { SimClock } from '../../../src/io/sim/simClock.ts';
import { SimProcess } from '../../../src/io/sim/simProcess.ts';
import type { Answered, Asked, ClientRequest } from './clientMessages.ts';
import type { ClusterWorld } from './clusterWorld.ts';
import type { SimMachine } from './simMachine.ts';
import { SimTransport } from './simTransport.ts';

const answerMsMax = 6000;

interface Pending {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: MillraceError) => void;
}

interface Connection {
  readonly stream: PeerStream<Asked, Answered>;
  readonly pending: Map<number, Pending>;
}

/** A client process on a host of its own, with a connection to each broker; it never dies. */
export class SimClient {
  readonly name: string;
  readonly world: ClusterWorld;
  readonly machines: readonly SimMachine[];
  readonly random: SeededRandom;
  readonly clock: SimClock;
  readonly process: SimProcess;
  readonly #transport: SimTransport;
  readonly #connections = new Map<SimMachine, Connection>();
  #lastId = 0;
  #isStopping = false;
  /** Of acts under way. */
  #busy = 0;
  /** A connection broke: what follows on another one has no order with what was sent on this one. */
  onDisconnected: () => void = () => {};

  constructor(world: ClusterWorld, machines: readonly SimMachine[], name: string) {
    this.world = world;
    this.machines = machines;
    this.name = name;
    this.random = world.random.fork();
    this.process = new SimProcess(world.scheduler);
    this.clock = new SimClock(this.process);
    this.#transport = new SimTransport(world.network, this.process, name);
  }

  get isIdle(): boolean {
    return this.#busy === 0;
  }

  /** Nothing is begun any more. */
  stop(): void {
    this.#isStopping = true;
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.process.after(ms, 'pause', resolve);
    });
  }

  /** Calls `act` again and again, with pauses of about `meanPauseMs` in between. */
  repeat(meanPauseMs: number, act: () => Promise<void>): void {
    const run = async (): Promise<void> => {
      while (!this.#isStopping) {
        await this.pause(this.random.float() * 2 * meanPauseMs);
        if (this.#isStopping) return;
        this.#busy += 1;
        await act();
        this.#busy -= 1;
      }
    };
    run().catch((error: unknown) => this.world.report(error));
  }

  anyMachine(): SimMachine {
    const machine = this.machines[this.random.int(this.machines.length)];
    if (machine === undefined) throw new Error('a cluster without brokers');
    return machine;
  }

  /** Rejects with a MillraceError: `unknown` if the connection broke or nobody answered in time. */
  ask(machine: SimMachine, request: ClientRequest): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const connection = this.#connections.get(machine) ?? this.#connect(machine);
    this.#lastId += 1;
    const id = this.#lastId;
    connection.pending.set(id, { resolve, reject });
    connection.stream.send({ id, ...request });
    this.process.after(answerMsMax, 'client deadline', () => {
      if (!connection.pending.delete(id)) return;
      this.onDisconnected();
      reject(millraceError('DEADLINE_EXCEEDED', 'no answer', { outcome: 'unknown' }));
    });
    return promise;
  }

  #connect(machine: SimMachine): Connection {
    const stream = this.#transport.connect<Asked, Answered>(machine.address, (_, end) => {
      if (machine.member === undefined) {
        end.close(millraceError('UNAVAILABLE', 'starting', { outcome: 'not-applied' }));
      } else {
        machine.member.clients.serve(end as unknown as PeerStream<Answered, Asked>);
      }
    });
    const connection: Connection = { stream, pending: new Map() };
    this.#connections.set(machine, connection);
    stream.onMessage((answered) => {
      const waiting = connection.pending.get(answered.id);
      connection.pending.delete(answered.id);
      if ('error' in answered) waiting?.reject(answered.error);
      else waiting?.resolve(answered.answer);
    });
    stream.onClosed((error) => {
      if (this.#connections.get(machine) === connection) this.#connections.delete(machine);
      this.onDisconnected();
      for (const waiting of connection.pending.values()) waiting.reject(error);
      connection.pending.clear();
    });
    return connection;
  }
}
