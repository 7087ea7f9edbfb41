import { MillraceError, toMillraceError } from '@millrace/core/errors';
import type { Offset } from '@millrace/core/ids';
import type { Clock } from '../io/clock.ts';
import { isShortOfReplicas } from './coordinatorErrors.ts';
import type { CoordinatorLog } from './coordinatorLog.ts';
import { RecordBatches } from './recordBatches.ts';
import { replayLog } from './replaying.ts';
import type { StateMachine } from './stateMachine.ts';

const RETRY_MS = 100;

export interface LoadingParts<State, Rec> {
  readonly log: CoordinatorLog;
  readonly machine: StateMachine<State, Rec>;
  readonly clock: Clock;
  readonly epoch: number;
  /** The epoch is over: nothing is appended or told any more. */
  isOver(): boolean;
  /** Empty, and begun anew if the log has moved under the reader. */
  state(): State;
  progress(offset: number, end: number): void;
  loaded(): void;
  lost(error: MillraceError): void;
  /** For good, in this epoch. */
  failed(error: MillraceError): void;
}

/**
 * Appends a record that says nothing: once it is below the high watermark so is all before it, and nothing that an
 * earlier leader appended can come after it. Then reads what is before it (rule 17).
 */
export function load<State, Rec>(parts: LoadingParts<State, Rec>): void {
  const { log, machine, clock, epoch } = parts;
  if (parts.isOver()) return;
  const again = (): void => {
    clock.setTimer(RETRY_MS, () => load(parts));
  };
  if (log.leaderEpoch !== epoch || log.refusal !== undefined) {
    again();
    return;
  }
  try {
    const { key, value } = machine.encode(machine.barrier);
    const batches = new RecordBatches(log.batchBytesMax);
    batches.append(clock.wallMs(), key, value);
    log.append(batches.take(), {
      acknowledged: ({ baseOffset }) => {
        replayAll(parts, baseOffset).catch((error: unknown) => failed(parts, again, error));
      },
      failed: (error) => {
        if (parts.isOver()) return;
        if (isShortOfReplicas(error)) again();
        else parts.lost(error);
      },
    });
  } catch {
    // It may pass; if not, somebody will say that the epoch is over.
    again();
  }
}

async function replayAll<State, Rec>(parts: LoadingParts<State, Rec>, end: Offset): Promise<void> {
  if (parts.isOver()) return;
  const { log, clock, machine } = parts;
  const state = parts.state();
  parts.progress(log.startOffset, end);
  await replayLog({
    log,
    clock,
    end,
    record: ({ key, value }) => {
      const record = machine.decode(key, value);
      if (record !== undefined) machine.replay(state, record);
    },
    progress: (offset) => parts.progress(offset, end),
    isOver: () => parts.isOver(),
  });
  if (!parts.isOver()) parts.loaded();
}

function failed<State, Rec>(
  parts: LoadingParts<State, Rec>,
  again: () => void,
  thrown: unknown,
): void {
  if (parts.isOver()) return;
  const error = thrown instanceof MillraceError ? thrown : toMillraceError(thrown);
  // Compaction or retention has passed the reader: from the new start.
  if (error.code === 'OFFSET_OUT_OF_RANGE') again();
  else parts.failed(error);
}
