/** The transport of a broker to itself: no network, no encoding. A single broker needs nothing else. */
import { toMillraceError } from '@millrace/core/errors';
import type { FollowRequest, FollowResponse } from '@millrace/core/messages/follow';
import type { ControllerCalls, PeerService, PeerStream } from '../cluster/peerTransport.ts';
import type { SessionDown, SessionUp } from '../cluster/sessionMessages.ts';
import type { Clock } from '../io/clock.ts';
import { loopbackPair } from './loopbackStream.ts';
import {
  followRequestBytes,
  followResponseBytes,
  sessionDownBytes,
  sessionUpBytes,
} from './messageSize.ts';

export class Loopback {
  readonly controller: ControllerCalls;
  readonly #clock: Clock;
  readonly #service: PeerService;

  constructor(clock: Clock, service: PeerService) {
    this.#clock = clock;
    this.#service = service;
    const calls = service.controller;
    this.controller = {
      alterPartitions: (request) => answered(() => calls.alterPartitions(request)),
      allocateProducerIds: (request) => answered(() => calls.allocateProducerIds(request)),
      forward: (method, request, deadlineMs) =>
        answered(() => calls.forward(method, request, deadlineMs)),
    };
  }

  follow(): PeerStream<FollowRequest, FollowResponse> {
    const [near, far] = loopbackPair(this.#clock, followRequestBytes, followResponseBytes);
    this.#clock.soon(() => this.#service.follow(far));
    return near;
  }

  session(): PeerStream<SessionUp, SessionDown> {
    const [near, far] = loopbackPair(this.#clock, sessionUpBytes, sessionDownBytes);
    this.#clock.soon(() => this.#service.session(far));
    return near;
  }
}

/** Never within the call, and nothing but a MillraceError: as over the network. */
async function answered<T>(call: () => Promise<T>): Promise<T> {
  await Promise.resolve();
  try {
    return await call();
  } catch (error) {
    throw toMillraceError(error);
  }
}
