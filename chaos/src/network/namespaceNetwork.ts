/**
 * A network namespace for each broker, all joined by a bridge in the namespace of the harness, which isolation.ts made:
 * nothing of it is seen outside, and all of it goes when the harness does.
 *
 * A link is blocked by a neighbour entry that nobody has: packets leave and no host takes them, as with a dead switch.
 */
import { execFileSync, spawn } from 'node:child_process';
import { CLIENTS, type Command, type Network } from './network.ts';

const BRIDGE = 'millrace0';
const NETWORK = '10.213.0';
const HARNESS_HOST = `${NETWORK}.254`;
const NOBODY = '02:00:00:00:00:fe';

export class NamespaceNetwork implements Network {
  readonly whyNoLinks = undefined;
  /** Process ids of what keeps each namespace while its broker is dead. */
  readonly #keepers: readonly number[];
  readonly #blocks = new Map<string, number>();

  constructor(brokers: number) {
    ip('link', 'set', 'lo', 'up');
    ip('link', 'add', BRIDGE, 'type', 'bridge');
    ip('addr', 'add', `${HARNESS_HOST}/24`, 'dev', BRIDGE);
    ip('link', 'set', BRIDGE, 'up');
    this.#keepers = Array.from({ length: brokers }, (_, brokerId) => this.#join(brokerId));
  }

  hostOf(brokerId: number): string {
    return brokerId === CLIENTS ? HARNESS_HOST : `${NETWORK}.${brokerId + 1}`;
  }

  inside(brokerId: number, { file, args }: Command): Command {
    const keeper = this.#keepers[brokerId];
    if (keeper === undefined) throw new RangeError(`no broker ${brokerId}`);
    return { file: 'nsenter', args: [`--net=/proc/${keeper}/ns/net`, file, ...args] };
  }

  block(from: number, to: number): void {
    const blocks = this.#blocks.get(linkName(from, to)) ?? 0;
    this.#blocks.set(linkName(from, to), blocks + 1);
    if (blocks > 0) return;
    const entry = [this.hostOf(to), 'lladdr', NOBODY, 'nud', 'permanent'];
    this.#neighbour(from, 'replace', entry);
  }

  unblock(from: number, to: number): void {
    const blocks = this.#blocks.get(linkName(from, to)) ?? 0;
    this.#blocks.set(linkName(from, to), blocks - 1);
    if (blocks === 1) this.#neighbour(from, 'del', [this.hostOf(to)]);
  }

  close(): void {
    for (const keeper of this.#keepers) process.kill(keeper, 'SIGKILL');
    ip('link', 'del', BRIDGE);
  }

  #neighbour(at: number, verb: string, entry: readonly string[]): void {
    const device = at === CLIENTS ? BRIDGE : 'eth0';
    const [host = '', ...rest] = entry;
    const command = { file: 'ip', args: ['neigh', verb, host, ...rest, 'dev', device] };
    run(at === CLIENTS ? command : this.inside(at, command));
  }

  #join(brokerId: number): number {
    const keeper = spawn('unshare', ['--net', 'sleep', 'infinity'], { stdio: 'ignore' });
    if (keeper.pid === undefined) throw new Error('no network namespace can be made');
    awaitNamespace(keeper.pid);
    const link = `millrace-${brokerId}`;
    ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', `${keeper.pid}`);
    ip('link', 'set', link, 'master', BRIDGE, 'up');
    const within = (...args: string[]): void =>
      run({ file: 'nsenter', args: [`--net=/proc/${keeper.pid}/ns/net`, 'ip', ...args] });
    within('link', 'set', 'lo', 'up');
    within('addr', 'add', `${this.hostOf(brokerId)}/24`, 'dev', 'eth0');
    within('link', 'set', 'eth0', 'up');
    return keeper.pid;
  }
}

/** Until the process has left this namespace: unshare is a program that does it once it runs. */
function awaitNamespace(pid: number): void {
  const script = `for i in $(seq 500); do
    [ "$(readlink /proc/${pid}/ns/net)" != "$(readlink /proc/self/ns/net)" ] && exit 0; sleep 0.01
  done; exit 1`;
  run({ file: 'sh', args: ['-c', script] });
}

function linkName(from: number, to: number): string {
  return `${from}>${to}`;
}

function ip(...args: string[]): void {
  run({ file: 'ip', args });
}

function run({ file, args }: Command): void {
  execFileSync(file, [...args], { stdio: ['ignore', 'ignore', 'pipe'] });
}
