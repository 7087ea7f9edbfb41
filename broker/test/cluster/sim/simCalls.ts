import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import type { ControllerCalls, PeerAddress } from '../../../src/cluster/peerTransport.ts';
import type { SimProcess } from '../../../src/io/sim/simProcess.ts';
import { sealMessage } from './sealedMessage.ts';
import type { Listener, SimNetwork } from './simNetwork.ts';

/** How long a call waits for its answer. */
const answerMsMax = 5000;

/** One unary call on its way, there and back. */
class SimCall {
  readonly listener: Listener;
  /** What waits for a link to open. */
  retry: (() => void) | undefined;
  readonly fail: (error: MillraceError) => void;

  constructor(listener: Listener, fail: (error: MillraceError) => void) {
    this.listener = listener;
    this.fail = fail;
  }
}

/** Unary calls of one process to one address. */
export class SimCalls implements ControllerCalls {
  readonly #network: SimNetwork;
  readonly #process: SimProcess;
  readonly #host: string;
  readonly #to: PeerAddress;
  readonly #underWay = new Set<SimCall>();

  constructor(network: SimNetwork, process: SimProcess, host: string, to: PeerAddress) {
    this.#network = network;
    this.#process = process;
    this.#host = host;
    this.#to = to;
  }

  alterPartitions(request: Parameters<ControllerCalls['alterPartitions']>[0]) {
    return this.#call((controller) => controller.alterPartitions(sealMessage(request).message));
  }

  allocateProducerIds(request: Parameters<ControllerCalls['allocateProducerIds']>[0]) {
    return this.#call((controller) => controller.allocateProducerIds(sealMessage(request).message));
  }

  forward(method: string, request: unknown, deadlineMs: number): Promise<unknown> {
    return this.#call((controller) =>
      controller.forward(method, sealMessage(request).message, deadlineMs),
    );
  }

  wake(): void {
    for (const call of this.#underWay) {
      const { retry } = call;
      call.retry = undefined;
      retry?.();
    }
  }

  /** Who was to answer is dead, and its host says so. */
  died(process: SimProcess): void {
    for (const call of this.#underWay) {
      if (call.listener.process === process) call.fail(unanswered('the connection broke'));
    }
  }

  #call<Answer>(invoke: (controller: ControllerCalls) => Promise<Answer>): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const network = this.#network;
    const { faults } = network;
    const listener = network.listener(this.#to);
    if (listener === undefined) {
      const isRefused = network.areConnected(this.#host, this.#to.host);
      const error = millraceError('UNAVAILABLE', 'nobody listens', { outcome: 'not-applied' });
      this.#process.after(isRefused ? this.#latencyMs() : answerMsMax, 'refused', () =>
        reject(error),
      );
      return promise;
    }
    const call = new SimCall(listener, (error) => this.#settle(call, () => reject(error)));
    this.#underWay.add(call);
    network.calling(this);
    this.#process.after(answerMsMax, 'call timeout', () => call.fail(unanswered('no answer')));
    if (network.chance(this.#isLocal ? 0 : faults.loseCall)) return promise;
    const isHeard = this.#isLocal || !network.chance(faults.loseAnswer);
    this.#travel(call, 'there', () => {
      listener.process.after(0, 'call', () => {
        const answered = (settle: () => void): void => {
          if (!isHeard || !listener.process.alive) return;
          this.#travel(call, 'back', () => this.#settle(call, settle));
        };
        invoke(listener.service.controller).then(
          (answer) => answered(() => resolve(sealMessage(answer).message)),
          (error: unknown) => answered(() => reject(toMillraceError(error))),
        );
      });
    });
    return promise;
  }

  get #isLocal(): boolean {
    return this.#host === this.#to.host;
  }

  #travel(call: SimCall, way: 'there' | 'back', arrive: () => void): void {
    const [from, to] = way === 'there' ? [this.#host, this.#to.host] : [this.#to.host, this.#host];
    const move = (): void => {
      if (this.#network.isOpen(from, to)) arrive();
      else if (this.#underWay.has(call)) call.retry = move;
    };
    this.#network.scheduler.after(this.#network.latencyMs(from, to), `call ${way}`, move);
  }

  #settle(call: SimCall, settle: () => void): void {
    if (!this.#underWay.delete(call)) return;
    if (this.#underWay.size === 0) this.#network.notCalling(this);
    this.#process.after(0, 'answer', settle);
  }

  #latencyMs(): number {
    return this.#network.latencyMs(this.#host, this.#to.host);
  }
}

function unanswered(message: string): MillraceError {
  return millraceError('UNAVAILABLE', message, { outcome: 'unknown' });
}
