import type { GroupAssignment } from '../groups/assignment.ts';
import type { Clock } from '../io/clock.ts';

/** The first assignment of a member that is newer than what it has. */
export class AssignmentNews {
  readonly #revision: number;
  #newest: GroupAssignment | undefined;
  #arrived: () => void = () => {};

  constructor(revision: number) {
    this.#revision = revision;
  }

  told(assignment: GroupAssignment): void {
    const revision = this.#newest?.revision ?? this.#revision;
    if (assignment.revision <= revision) return;
    this.#newest = assignment;
    this.#arrived();
  }

  /** Undefined: none within `waitMs`. */
  async wait(clock: Clock, waitMs: number): Promise<GroupAssignment | undefined> {
    if (this.#newest !== undefined || waitMs <= 0) return this.#newest;
    await new Promise<void>((resolve) => {
      const timer = clock.setTimer(waitMs, resolve);
      this.#arrived = () => {
        timer.cancel();
        resolve();
      };
    });
    return this.#newest;
  }
}
