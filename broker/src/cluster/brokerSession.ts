/**
 * The broker's side of its session with the controller: finds it, registers with every copy, beats, hands on what comes
 * down. It never gives up: a lost session is opened again, with whoever is the controller then (contracts.md, Session).
 *
 * Without a session nothing that serves stops: only the controller decides, and it decides by writing (safety.md, rule 19).
 */
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import type { BootId, BrokerId, ClusterId } from '@millrace/core/ids';
import type { Endpoint, FeatureRange } from '@millrace/core/resources/broker';
import type { Clock, TimerHandle } from '../io/clock.ts';
import type { Logger } from '../io/logger.ts';
import type { Random } from '../io/random.ts';
import type { MetadataChange, MetadataCache } from './metadataCache.ts';
import type { PeerAddress, PeerStream, PeerTransport } from './peerTransport.ts';
import type { CopyReport, CreateCopy, SessionDown, SessionUp } from './sessionMessages.ts';

/** In one message; 10,000 copies are about a megabyte. */
const COPIES_PER_MESSAGE = 2000;
const RETRY_MS_MIN = 20;
const RETRY_MS_MAX = 1000;

export interface SessionHolder {
  readonly brokerId: BrokerId;
  readonly address: PeerAddress;
}

/** What the session asks of the rest of the broker. */
export interface SessionHandlers {
  /** Every copy, as it is now. */
  copies(): readonly CopyReport[];
  metadataChanged(change: MetadataChange): void;
  createCopies(copies: readonly CreateCopy[]): void;
  /** Adopt each epoch durably, then `report` (rule 9). */
  reportCopies(
    copies: readonly (Pick<CopyReport, 'topicId' | 'partition'> & { readonly epoch: number })[],
  ): void;
  /** A newer process has this broker id: this one must end (rule 6). */
  superseded(error: MillraceError): void;
}

export interface BrokerSessionParts {
  readonly brokerId: BrokerId;
  readonly bootId: BootId;
  readonly clusterId: ClusterId;
  readonly rack: string;
  readonly features: FeatureRange;
  readonly endpoints: () => readonly Endpoint[];
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly transport: Pick<PeerTransport, 'session'>;
  /** Who is the controller, as far as this broker knows. */
  readonly holder: () => SessionHolder | undefined;
  /** The session broke: is the holder dead? */
  readonly holderLost: () => void;
  readonly cache: MetadataCache;
  readonly handlers: SessionHandlers;
  readonly heartbeatMs: number;
  readonly health: () => { loopLagP99Ms: number; diskState: 'ok' | 'full' | 'failed' };
}

type Stream = PeerStream<SessionUp, SessionDown>;

export class BrokerSession {
  readonly #parts: BrokerSessionParts;
  #stream: Stream | undefined;
  #target: SessionHolder | undefined;
  #timer: TimerHandle | undefined;
  #retryMs = RETRY_MS_MIN;
  #established = false;
  #stopped = false;

  constructor(parts: BrokerSessionParts) {
    this.#parts = parts;
  }

  /** The controller has answered with an image in this session. */
  get established(): boolean {
    return this.#established;
  }

  start(): void {
    this.#connect();
  }

  /** The lease has another holder: no reason to wait for the old session to end. */
  holderChanged(): void {
    if (this.#stopped) return;
    const holder = this.#parts.holder();
    if (this.#stream !== undefined && sameHolder(holder, this.#target)) return;
    this.#retryMs = RETRY_MS_MIN;
    this.#drop();
    this.#connect();
  }

  /** New or changed copies. Without a session the next registration tells them. */
  report(copies: readonly CopyReport[]): void {
    for (const message of chunked(copies)) this.#stream?.send({ kind: 'copies', ...message });
  }

  send(
    message: Extract<SessionUp, { kind: 'copyFailed' | 'deleted' | 'resigned' | 'stopping' }>,
  ): void {
    this.#stream?.send(message);
  }

  stop(): void {
    this.#stopped = true;
    this.#drop();
  }

  #connect(): void {
    if (this.#stopped) return;
    this.#timer?.cancel();
    const { transport, holder, clock, heartbeatMs } = this.#parts;
    const target = holder();
    if (target === undefined) {
      this.#retry();
      return;
    }
    this.#target = target;
    const stream = transport.session(target.address);
    this.#stream = stream;
    stream.onMessage((message) => {
      if (this.#stream === stream) this.#received(message);
    });
    stream.onClosed((error) => {
      if (this.#stream !== stream) return;
      this.#parts.logger.debug('the session with the controller ended', { cause: error.message });
      this.#drop();
      this.#retry();
      this.#parts.holderLost();
    });
    this.#register(stream);
    const beat = (): void => {
      this.#beat();
      this.#timer = clock.setTimer(heartbeatMs, beat);
    };
    this.#timer = clock.setTimer(heartbeatMs, beat);
  }

  #retry(): void {
    const { clock, random } = this.#parts;
    this.#timer?.cancel();
    // Jittered: brokers that lost one controller together do not come back together.
    this.#timer = clock.setTimer(this.#retryMs * (0.5 + random.float()), () => this.#connect());
    this.#retryMs = Math.min(RETRY_MS_MAX, this.#retryMs * 2);
  }

  #drop(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    this.#target = undefined;
    this.#established = false;
    this.#timer?.cancel();
    stream?.close();
  }

  #register(stream: Stream): void {
    const { brokerId, bootId, clusterId, endpoints, rack, features, cache, handlers } = this.#parts;
    const [first, ...rest] = chunked(handlers.copies());
    stream.send({
      kind: 'register',
      brokerId,
      bootId,
      clusterId,
      endpoints: endpoints(),
      rack,
      features,
      controllerEpoch: Math.max(0, cache.position.controllerEpoch),
      ...(first ?? { copies: [], complete: true }),
    });
    for (const message of rest) stream.send({ kind: 'copies', ...message });
  }

  #beat(): void {
    const { bootId, cache, health } = this.#parts;
    this.#stream?.send({
      kind: 'heartbeat',
      bootId,
      metadataSeq: cache.position.seq,
      ...health(),
    });
  }

  #received(message: SessionDown): void {
    const { cache, handlers, logger } = this.#parts;
    switch (message.kind) {
      case 'image': {
        const change = cache.applyImage(message.image);
        // An older controller that does not know it yet.
        if (change === undefined) return this.#again('its metadata is older than what is known');
        this.#established = true;
        this.#retryMs = RETRY_MS_MIN;
        return handlers.metadataChanged(change);
      }
      case 'delta': {
        const change = cache.applyDelta(message.delta);
        if (change === 'gap') return this.#again('a delta is missing');
        if (change !== 'stale') handlers.metadataChanged(change);
        return undefined;
      }
      case 'createCopies':
        if (this.#isStale(message.controllerEpoch)) return undefined;
        return handlers.createCopies(message.copies);
      case 'reportCopies':
        if (this.#isStale(message.controllerEpoch)) return undefined;
        return handlers.reportCopies(message.copies);
      case 'fenced':
        if (message.reason === 'newer-boot') return handlers.superseded(message.error);
        if (message.reason === 'refused') {
          logger.error('the controller refuses this broker', { cause: message.error.message });
        }
        return this.#again(message.error.message);
    }
  }

  #isStale(controllerEpoch: number): boolean {
    return controllerEpoch < this.#parts.cache.position.controllerEpoch;
  }

  #again(why: string): void {
    this.#parts.logger.debug('the session with the controller begins anew', { why });
    this.#drop();
    this.#retry();
  }
}

function* chunked(
  copies: readonly CopyReport[],
): Generator<{ copies: readonly CopyReport[]; complete: boolean }> {
  for (let from = 0; from === 0 || from < copies.length; from += COPIES_PER_MESSAGE) {
    const to = from + COPIES_PER_MESSAGE;
    yield { copies: copies.slice(from, to), complete: to >= copies.length };
  }
}

function sameHolder(a: SessionHolder | undefined, b: SessionHolder | undefined): boolean {
  return (
    a?.brokerId === b?.brokerId &&
    a?.address.host === b?.address.host &&
    a?.address.port === b?.address.port
  );
}

/** For code that needs one error for "nobody decides now". */
export function noController(cause?: unknown): MillraceError {
  const reason = cause === undefined ? '' : `: ${toMillraceError(cause).message}`;
  return millraceError('NOT_CONTROLLER', `no controller is known at the moment${reason}`);
}
