/**
 * Where brokers listen and whether they reach each other. Two kinds: network namespaces, whose links can be blocked, and
 * the loopback of the machine, whose links cannot.
 */

/** The harness, with its clients, as an end of a link. */
export const CLIENTS = -1;

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

export interface Network {
  /** Undefined: links can be blocked. */
  readonly whyNoLinks: string | undefined;
  hostOf(brokerId: number): string;
  /** `command`, to be run where that broker lives; its process id is that of the command. */
  inside(brokerId: number, command: Command): Command;
  /** What `from` sends to `to` is lost without a word, until it is unblocked; once for each block. */
  block(from: number, to: number): void;
  unblock(from: number, to: number): void;
  close(): void;
}
