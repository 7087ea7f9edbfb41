/**
 * Names of objects by a key that several of them may have. It remembers the key of each name itself: what its owner takes
 * for the state before may be its own write already, which no event has told of.
 */
export class KeyIndex {
  readonly #keys = new Map<string, string>();
  readonly #names = new Map<string, Set<string>>();

  /** `key` undefined: it has none any more. */
  set(name: string, key: string | undefined): void {
    const from = this.#keys.get(name);
    if (from === key) return;
    if (from !== undefined) {
      const names = this.#names.get(from);
      names?.delete(name);
      if (names?.size === 0) this.#names.delete(from);
      this.#keys.delete(name);
    }
    if (key === undefined) return;
    this.#keys.set(name, key);
    const names = this.#names.get(key);
    if (names === undefined) this.#names.set(key, new Set([name]));
    else names.add(name);
  }

  of(key: string): readonly string[] {
    return [...(this.#names.get(key) ?? [])];
  }
}
