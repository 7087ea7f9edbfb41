/** Names of objects by a key that several of them may have. */
export class KeyIndex {
  readonly #names = new Map<string, Set<string>>();

  move(name: string, from: string | undefined, to: string | undefined): void {
    if (from === to) return;
    if (from !== undefined) {
      const names = this.#names.get(from);
      names?.delete(name);
      if (names?.size === 0) this.#names.delete(from);
    }
    if (to === undefined) return;
    const names = this.#names.get(to);
    if (names === undefined) this.#names.set(to, new Set([name]));
    else names.add(name);
  }

  of(key: string): readonly string[] {
    return [...(this.#names.get(key) ?? [])];
  }
}
