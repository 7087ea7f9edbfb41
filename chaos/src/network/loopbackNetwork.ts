/** All brokers at 127.0.0.1: works everywhere, and nothing comes between them. */
import type { Command, Network } from './network.ts';

export class LoopbackNetwork implements Network {
  readonly whyNoLinks = 'there are no network namespaces here';

  hostOf(): string {
    return '127.0.0.1';
  }

  inside(_brokerId: number, command: Command): Command {
    return command;
  }

  block(): void {
    throw new Error(this.whyNoLinks);
  }

  unblock(): void {
    throw new Error(this.whyNoLinks);
  }

  close(): void {}
}
