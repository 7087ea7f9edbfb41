/** A whole terminal that is written anew each time, and is as it was afterwards. */
import type { CommandContext } from '../commandContext.ts';

const ESCAPE = '\u001b[';
const ENTER = `${ESCAPE}?1049h${ESCAPE}?25l`;
const LEAVE = `${ESCAPE}?25h${ESCAPE}?1049l`;
/** Each line is cleared behind itself, what is below it at the end: no flicker. */
const HOME = `${ESCAPE}H`;
const CLEAR_LINE = `${ESCAPE}K`;
const CLEAR_BELOW = `${ESCAPE}J`;

export class Screen {
  readonly #context: CommandContext;
  readonly #pressed = (key: Buffer): void => this.#keys.forEach((heard) => heard(key.toString()));
  readonly #keys: ((key: string) => void)[] = [];

  constructor(context: CommandContext) {
    this.#context = context;
    context.out.text(ENTER);
    if (!context.stdinIsTerminal) return;
    context.stdin.setRawMode?.(true);
    context.stdin.on('data', this.#pressed);
  }

  /** Ctrl-C comes as a key, too. */
  onKey(heard: (key: string) => void): void {
    this.#keys.push(heard);
  }

  show(text: string): void {
    const lines = text.trimEnd().split('\n');
    this.#context.out.text(`${HOME}${lines.join(`${CLEAR_LINE}\n`)}${CLEAR_LINE}${CLEAR_BELOW}`);
  }

  close(): void {
    const { stdin, out } = this.#context;
    out.text(LEAVE);
    stdin.off('data', this.#pressed);
    stdin.setRawMode?.(false);
    stdin.pause();
  }
}
