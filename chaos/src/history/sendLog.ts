/**
 * What one producer knows of the records that it sent to one partition. Its sequences count from 0. An outcome is an
 * offset (0 and above), or one of the two below.
 */
import { valueName, type ValueName } from './valueName.ts';

/** No answer, or an answer that leaves it open: the record may be in the log. */
export const UNKNOWN = -1;
/** The SDK said that it was not applied: it must never be in the log. */
export const REFUSED = -2;

export class SendLog {
  readonly producer: number;
  readonly #outcomes: number[] = [];

  constructor(producer: number) {
    this.producer = producer;
  }

  /** The sequence of the next record, whose outcome is unknown until it is told. */
  begin(): number {
    return this.#outcomes.push(UNKNOWN) - 1;
  }

  acknowledge(sequence: number, offset: number): void {
    this.#outcomes[sequence] = offset;
  }

  refuse(sequence: number): void {
    this.#outcomes[sequence] = REFUSED;
  }

  /** Index = sequence. */
  get outcomes(): readonly number[] {
    return this.#outcomes;
  }

  /** In the order of sending. */
  *acknowledged(): Generator<{ readonly value: ValueName; readonly offset: number }> {
    for (const [sequence, offset] of this.#outcomes.entries()) {
      if (offset >= 0) yield { value: valueName(this.producer, sequence), offset };
    }
  }
}
