/**
 * Patterns that topic names are matched with as a whole: literals, `.`, classes, `\d \w`, groups, `|`, `* + ?` and
 * `{m,n}`. Matched by walking all alternatives at once, so that time is bounded by pattern times name whatever the
 * pattern is: nobody can stop a broker with `(a+)+$`. No backreferences, no lookaround.
 */
import { type MillraceError, millraceError } from './errors.ts';

export const PATTERN_CHARS_MAX = 256;
/** Of its automaton: a repeated part counts as often as it is repeated. */
const STATES_MAX = 256;
const DEPTH_MAX = 16;
/** Parts to compile: repeated nothing makes no states. */
const COMPILED_MAX = 4096;

type CharTest = (code: number) => boolean;

type Node =
  | { readonly kind: 'char'; readonly test: CharTest }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Node[] }
  /** `max` undefined: no bound. */
  | { readonly kind: 'repeat'; readonly part: Node; readonly min: number; readonly max?: number };

/** `next`: of a char the one after it; of a fork both. */
interface State {
  readonly test: CharTest | undefined;
  next: number;
  other: number;
}

const ACCEPT = -1;

export class TopicPattern {
  readonly source: string;
  readonly #states: State[] = [];
  readonly #start: number;
  #compiled = 0;

  /** Throws INVALID_REQUEST. */
  constructor(source: string) {
    this.source = source;
    const node = new Parser(source).parse();
    this.#start = this.#compile(node, ACCEPT);
  }

  matches(name: string): boolean {
    let active = new Set<number>();
    this.#follow(this.#start, active);
    for (let at = 0; at < name.length && active.size > 0; at++) {
      const code = name.charCodeAt(at);
      const after = new Set<number>();
      for (const index of active) {
        const state = this.#states[index];
        if (state?.test?.(code) === true) this.#follow(state.next, after);
      }
      active = after;
    }
    return active.has(ACCEPT);
  }

  /** Adds what is reached without a character. */
  #follow(from: number, into: Set<number>): void {
    const stack = [from];
    for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
      if (into.has(index)) continue;
      into.add(index);
      const state = this.#states[index];
      if (state !== undefined && state.test === undefined) stack.push(state.next, state.other);
    }
  }

  /** Answers with where the part begins; it goes on to `next`. */
  #compile(node: Node, next: number): number {
    if (++this.#compiled > COMPILED_MAX) throw refused(this.source, 'is too long when repeated');
    switch (node.kind) {
      case 'char':
        return this.#add(node.test, next, next);
      case 'sequence':
        return node.parts.reduceRight((after, part) => this.#compile(part, after), next);
      case 'choice':
        return node.parts
          .map((part) => this.#compile(part, next))
          .reduceRight((other, start) => this.#add(undefined, start, other));
      case 'repeat':
        return this.#repeat(node.part, node.min, node.max, next);
    }
  }

  #repeat(part: Node, min: number, max: number | undefined, next: number): number {
    let start = next;
    if (max === undefined) {
      start = this.#add(undefined, next, next);
      const loop = this.#states[start];
      if (loop !== undefined) loop.next = this.#compile(part, start);
    } else {
      for (let count = min; count < max; count++) {
        start = this.#add(undefined, this.#compile(part, start), next);
      }
    }
    for (let count = 0; count < min; count++) start = this.#compile(part, start);
    return start;
  }

  #add(test: CharTest | undefined, next: number, other: number): number {
    if (this.#states.length === STATES_MAX) throw refused(this.source, 'is too long when repeated');
    return this.#states.push({ test, next, other }) - 1;
  }
}

class Parser {
  readonly #source: string;
  #at = 0;
  #depth = 0;

  constructor(source: string) {
    if (source.length > PATTERN_CHARS_MAX) {
      throw refused(source.slice(0, 32), `has more than ${PATTERN_CHARS_MAX} characters`);
    }
    this.#source = source;
    // The whole name is matched anyway.
    if (source.startsWith('^')) this.#at = 1;
  }

  parse(): Node {
    const node = this.#choice();
    if (this.#at < this.#source.length) throw this.#refused(`has a ")" too many`);
    return node;
  }

  #choice(): Node {
    if (++this.#depth > DEPTH_MAX) throw this.#refused('is nested too deeply');
    const parts = [this.#sequence()];
    while (this.#take('|')) parts.push(this.#sequence());
    this.#depth -= 1;
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { kind: 'choice', parts };
  }

  #sequence(): Node {
    const parts: Node[] = [];
    for (;;) {
      const char = this.#source[this.#at];
      if (char === undefined || char === '|' || char === ')') break;
      if (char === '$' && this.#at === this.#source.length - 1) {
        this.#at += 1;
        break;
      }
      parts.push(this.#repeated(this.#atom()));
    }
    return { kind: 'sequence', parts };
  }

  #repeated(part: Node): Node {
    if (this.#take('*')) return this.#once({ kind: 'repeat', part, min: 0 });
    if (this.#take('+')) return this.#once({ kind: 'repeat', part, min: 1 });
    if (this.#take('?')) return this.#once({ kind: 'repeat', part, min: 0, max: 1 });
    if (!this.#take('{')) return part;
    const min = this.#number();
    let max: number | undefined = min;
    if (this.#take(',')) max = this.#source[this.#at] === '}' ? undefined : this.#number();
    if (!this.#take('}') || (max !== undefined && max < min)) {
      throw this.#refused('has a wrong repetition');
    }
    return this.#once({ kind: 'repeat', part, min, ...(max !== undefined && { max }) });
  }

  #once(node: Node): Node {
    if ('*+?{'.includes(this.#source[this.#at] ?? ' ')) {
      throw this.#refused('repeats a repetition; use a group');
    }
    return node;
  }

  #atom(): Node {
    const char = this.#source[this.#at++] ?? '';
    switch (char) {
      case '(': {
        if (this.#take('?') && !this.#take(':')) throw this.#refused('has a group of unknown kind');
        const node = this.#choice();
        if (!this.#take(')')) throw this.#refused('lacks a ")"');
        return node;
      }
      case '[':
        return { kind: 'char', test: this.#class() };
      case '.':
        return { kind: 'char', test: () => true };
      case '\\':
        return { kind: 'char', test: this.#escape() };
      case '*':
      case '+':
      case '?':
      case '{':
      case '^':
      case '$':
        throw this.#refused(`has "${char}" where it means nothing; write "\\${char}"`);
      default:
        return { kind: 'char', test: isCode(char.charCodeAt(0)) };
    }
  }

  #class(): CharTest {
    const isNegated = this.#take('^');
    const tests: CharTest[] = [];
    while (!this.#take(']')) {
      const from = this.#source[this.#at++];
      if (from === undefined) throw this.#refused('lacks a "]"');
      if (from === '\\') {
        tests.push(this.#escape());
        continue;
      }
      const isRange = this.#source[this.#at] === '-' && this.#source[this.#at + 1] !== ']';
      if (!isRange) {
        tests.push(isCode(from.charCodeAt(0)));
        continue;
      }
      const to = this.#source[this.#at + 1];
      if (to === undefined || to < from || to === '\\') throw this.#refused('has a wrong range');
      this.#at += 2;
      tests.push(isBetween(from.charCodeAt(0), to.charCodeAt(0)));
    }
    return (code) => tests.some((test) => test(code)) !== isNegated;
  }

  #escape(): CharTest {
    const char = this.#source[this.#at++];
    if (char === undefined) throw this.#refused('ends in "\\"');
    if (char === 'd') return isDigit;
    if (char === 'w') return isWord;
    if (/[a-zA-Z0-9]/.test(char)) throw this.#refused(`has "\\${char}", which is not known`);
    return isCode(char.charCodeAt(0));
  }

  #number(): number {
    const digits = /^\d{1,3}/.exec(this.#source.slice(this.#at))?.[0];
    if (digits === undefined) throw this.#refused('has a wrong repetition');
    this.#at += digits.length;
    return Number(digits);
  }

  #take(char: string): boolean {
    if (this.#source[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }

  #refused(why: string): MillraceError {
    return refused(this.#source, `${why} (at ${this.#at})`);
  }
}

const isDigit = isBetween(0x30, 0x39);

function isWord(code: number): boolean {
  return isDigit(code) || code === 0x5f || ((code | 0x20) - 0x61) >>> 0 < 26;
}

function isCode(wanted: number): CharTest {
  return (code) => code === wanted;
}

function isBetween(from: number, to: number): CharTest {
  return (code) => code >= from && code <= to;
}

function refused(source: string, why: string): MillraceError {
  return millraceError('INVALID_REQUEST', `the pattern ${JSON.stringify(source)} ${why}`);
}
