/** Why a Topic can't be what it asks for: the condition's reason and a sentence that says what to do. */
export class TopicProblem extends Error {
  override readonly name = 'TopicProblem';
  readonly reason: string;
  /** `stalled`: until a person changes something; `waiting`: it may pass by itself. */
  readonly kind: 'stalled' | 'waiting';
  /** Milliseconds after which it passes without a change that anybody hears of. */
  readonly retryMs: number | undefined;

  constructor(reason: string, kind: 'stalled' | 'waiting', message: string, retryMs?: number) {
    super(message);
    this.reason = reason;
    this.kind = kind;
    this.retryMs = retryMs;
  }
}
