import type { SimFileNode } from './simFileNode.ts';

export type SimNode = SimFileNode | SimDirectoryNode;

interface DurableEntry {
  /** Undefined: durably absent. */
  readonly node: SimNode | undefined;
  readonly sequence: number;
}

/** A directory: its entries as processes see them, and the durable ones. */
export class SimDirectoryNode {
  readonly kind = 'directory';
  readonly entries = new Map<string, SimNode>();
  readonly #durable = new Map<string, DurableEntry>();

  /** Changes of one name may become durable in any order; the newest stays. */
  makeDurable(name: string, node: SimNode | undefined, sequence: number): void {
    const present = this.#durable.get(name);
    if (present !== undefined && present.sequence > sequence) return;
    this.#durable.set(name, { node, sequence });
  }

  *durableEntries(): Iterable<[string, SimNode]> {
    for (const [name, { node }] of this.#durable) {
      if (node !== undefined) yield [name, node];
    }
  }

  /** Fills `copied` with these entries, each node replaced by what `translate` gives for it. */
  copyInto(copied: SimDirectoryNode, translate: (node: SimNode) => SimNode): void {
    for (const [name, node] of this.entries) copied.entries.set(name, translate(node));
    for (const [name, { node, sequence }] of this.#durable) {
      copied.makeDurable(name, node === undefined ? undefined : translate(node), sequence);
    }
  }
}
