/** The id of one idempotent producer: asked for with the first record, kept for its life. */
import type { InitProducerRequest } from '@millrace/proto/generated/millrace/v1/InitProducerRequest';
import type { InitProducerResponse__Output } from '@millrace/proto/generated/millrace/v1/InitProducerResponse';
import { unaryMethod } from './serviceMethods.ts';
import type { UnaryChannel } from './unaryChannel.ts';

/** An id that was given and not heard of is lost, which harms nobody: it may be asked for again. */
const initProducer = unaryMethod<InitProducerRequest, InitProducerResponse__Output>(
  'Producer',
  'InitProducer',
  'read',
);

export class ProducerIdentity {
  readonly #channel: UnaryChannel;
  #id: number | undefined;
  #asking: Promise<number> | undefined;

  constructor(channel: UnaryChannel) {
    this.#channel = channel;
  }

  get known(): number | undefined {
    return this.#id;
  }

  /** Another one than `spent`. Asks the servers in turn; rejects with MillraceError, after which the next call asks again. */
  id(spent?: number): Promise<number> {
    if (this.#id !== undefined && this.#id !== spent) return Promise.resolve(this.#id);
    this.#asking ??= this.#ask();
    return this.#asking;
  }

  async #ask(): Promise<number> {
    try {
      const { producerId } = await this.#channel.call(initProducer, {});
      this.#id = producerId;
      return producerId;
    } finally {
      this.#asking = undefined;
    }
  }
}
