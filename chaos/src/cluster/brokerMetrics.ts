/** What a broker says of itself at /metrics. */
import type { BrokerSettings } from './brokerProcess.ts';

const TIMEOUT_MS = 2000;

export class BrokerMetrics {
  readonly #values: ReadonlyMap<string, number>;

  private constructor(values: ReadonlyMap<string, number>) {
    this.#values = values;
  }

  /** Undefined: it does not answer. */
  static async of({ host, ports }: BrokerSettings): Promise<BrokerMetrics | undefined> {
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const text = await (await fetch(`http://${host}:${ports.http}/metrics`, { signal })).text();
      const values = new Map<string, number>();
      for (const line of text.split('\n')) {
        const at = line.lastIndexOf(' ');
        if (at > 0 && !line.startsWith('#'))
          values.set(line.slice(0, at), Number(line.slice(at + 1)));
      }
      return new BrokerMetrics(values);
    } catch {
      return undefined;
    }
  }

  /** By its name with its labels, as it stands there; NaN: there is none. */
  get(name: string): number {
    return this.#values.get(name) ?? Number.NaN;
  }
}
