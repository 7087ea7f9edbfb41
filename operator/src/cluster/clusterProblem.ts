/** Why a Cluster can't be what it asks for; a person has to change something. */
export class ClusterProblem extends Error {
  override readonly name = 'ClusterProblem';
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}
