/** Who said which value is at which offset. */
import type { PartitionHistory } from '../history/partitionHistory.ts';
import type { ValueName } from '../history/valueName.ts';

export interface Sighting {
  readonly value: ValueName;
  readonly offset: number;
  readonly by: string;
}

/** What readers were shown, the final reading last. */
export function* everythingRead({ reads, final }: PartitionHistory): Generator<Sighting> {
  for (const { reader, offsets, values } of [...reads, final]) {
    for (const [index, offset] of offsets.entries()) {
      const value = values[index];
      if (value !== undefined) yield { value, offset, by: reader };
    }
  }
}

/** Acknowledgements too. */
export function* everythingSaid(history: PartitionHistory): Generator<Sighting> {
  for (const sends of history.sends) {
    const by = `the acknowledgement of producer ${sends.producer}`;
    for (const { value, offset } of sends.acknowledged()) yield { value, offset, by };
  }
  yield* everythingRead(history);
}
