/**
 * The way to a group's coordinator: a Membership stream to it where it is known and can be reached, else to whichever of the
 * user's servers answers, which passes on. Found anew when the stream breaks or falls silent.
 */
import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { CommitOffsetsRequest } from '@millrace/proto/generated/millrace/v1/CommitOffsetsRequest';
import type { CommitOffsetsResponse__Output } from '@millrace/proto/generated/millrace/v1/CommitOffsetsResponse';
import type { GroupHeartbeatRequest } from '@millrace/proto/generated/millrace/v1/GroupHeartbeatRequest';
import type { GroupHeartbeatResponse__Output } from '@millrace/proto/generated/millrace/v1/GroupHeartbeatResponse';
import type { DataConnector } from '../dataConnector.ts';
import type { Logger } from '../logger.ts';
import { formatServerAddress, type ServerAddress } from '../serverAddress.ts';
import { type MemberFrame, membershipMethod } from './memberMessages.ts';
import { MemberStream } from './memberStream.ts';

export interface MemberLinkContext {
  readonly connector: DataConnector;
  /** Named by the user, at least one. */
  readonly servers: readonly ServerAddress[];
  readonly logger: Logger;
}

/** A coordinator that could not be reached, or broke off, is asked through others for so long. */
const AVOIDED_MS = 10_000;

export class MemberLink {
  readonly #context: MemberLinkContext;
  #stream: MemberStream | undefined;
  #connecting: Promise<MemberStream> | undefined;
  /** Index of the user's server that is tried first. */
  #server = 0;
  /** As the last answer told. */
  #coordinator: ServerAddress | undefined;
  readonly #avoidedUntilMs = new Map<string, number>();
  #isMoving = false;
  #isClosed = false;

  constructor(context: MemberLinkContext) {
    this.#context = context;
  }

  /** As MemberStream.ask; one attempt. */
  async heartbeat(
    request: GroupHeartbeatRequest,
    timeoutMs: number,
  ): Promise<GroupHeartbeatResponse__Output> {
    const { heartbeat } = await this.#ask({ heartbeat: request }, timeoutMs);
    if (heartbeat == null) throw millraceError('INTERNAL', 'a heartbeat without an answer');
    const { coordinator } = heartbeat;
    if (coordinator !== null) this.#told({ host: coordinator.host, port: coordinator.port });
    return heartbeat;
  }

  /** As MemberStream.ask; one attempt. */
  async commit(
    request: CommitOffsetsRequest,
    timeoutMs: number,
  ): Promise<CommitOffsetsResponse__Output> {
    const { commit } = await this.#ask({ commit: request }, timeoutMs);
    if (commit == null) throw millraceError('INTERNAL', 'a commit without an answer');
    return commit;
  }

  close(): void {
    this.#isClosed = true;
    this.#stream?.close();
  }

  async #ask(frame: MemberFrame, timeoutMs: number) {
    const stream = this.#stream?.isOpen === true ? this.#stream : await this.#connect();
    return stream.ask(frame, timeoutMs);
  }

  #connect(): Promise<MemberStream> {
    this.#connecting ??= this.#find().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #find(): Promise<MemberStream> {
    let failure: unknown;
    for (const address of this.#candidates()) {
      try {
        const stream = await this.#open(address);
        this.#stream = stream;
        return stream;
      } catch (error) {
        failure = error;
        this.#avoid(formatServerAddress(address));
      }
    }
    throw failure ?? closed();
  }

  #candidates(): ServerAddress[] {
    const { servers } = this.#context;
    const turned = [...servers.slice(this.#server), ...servers.slice(0, this.#server)];
    const first = this.#coordinator;
    const all = first === undefined ? turned : [first, ...turned];
    const usable = all.filter((address) => !this.#isAvoided(formatServerAddress(address)));
    return usable.length > 0 ? usable : turned;
  }

  async #open(address: ServerAddress): Promise<MemberStream> {
    const connection = await this.#context.connector.connectTo(address);
    if (this.#isClosed) {
      connection.closeUnused();
      throw closed();
    }
    const call = connection.open(membershipMethod().path);
    return new MemberStream(formatServerAddress(address), call, (lost) => this.#lost(lost));
  }

  #lost(stream: MemberStream): void {
    if (stream !== this.#stream) return;
    this.#stream = undefined;
    if (this.#isClosed) return;
    this.#avoid(stream.address);
    this.#server = (this.#server + 1) % this.#context.servers.length;
  }

  /** Goes there beside the work: what was asked here is still answered here. */
  #told(coordinator: ServerAddress): void {
    this.#coordinator = coordinator;
    const address = formatServerAddress(coordinator);
    const before = this.#stream;
    if (this.#isMoving || before?.address === address || this.#isAvoided(address)) return;
    this.#isMoving = true;
    this.#open(coordinator)
      .then(
        (stream) => {
          this.#stream = stream;
          before?.retire();
        },
        (error: MillraceError) => {
          this.#avoid(address);
          this.#context.logger.debug(`the coordinator cannot be reached at ${address}`, {
            code: error.code,
          });
        },
      )
      .finally(() => {
        this.#isMoving = false;
      });
  }

  #avoid(address: string): void {
    this.#avoidedUntilMs.set(address, performance.now() + AVOIDED_MS);
  }

  #isAvoided(address: string): boolean {
    return performance.now() < (this.#avoidedUntilMs.get(address) ?? 0);
  }
}

function closed(): MillraceError {
  return millraceError('CANCELLED', 'the consumer is closed', { outcome: 'not-applied' });
}
