/** Why a Topic can't be what it asks for: the condition's reason and a sentence that says what to do. */
export class TopicProblem extends Error {
  override readonly name = 'TopicProblem';
  readonly reason: string;
  /** `stalled`: until a person changes something; `waiting`: it may pass by itself. */
  readonly kind: 'stalled' | 'waiting';

  constructor(reason: string, kind: 'stalled' | 'waiting', message: string) {
    super(message);
    this.reason = reason;
    this.kind = kind;
  }
}
