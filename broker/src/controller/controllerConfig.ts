/** What the controller can be told (contracts.md, Configuration). Durations in milliseconds. */

export interface ControllerConfig {
  readonly leaseDurationMs: number;
  readonly leaseRenewMs: number;
  /** Between looks at the lease while another broker holds it. */
  readonly leasePollMs: number;
  readonly brokerSessionTimeoutMs: number;
  readonly leaderRebalanceMs: number;
  /** Replicas that a broker fills at once for reassignments. */
  readonly movesPerBrokerMax: number;
  /** Objects in one call of the store: many where a call is one transaction (embedded), else 1. */
  readonly writeBatchMax: number;
  /** Calls of the store under way at once. */
  readonly writesMax: number;
  /** Of topics that do not say. */
  readonly partitionsDefault: number;
}

/** The API server does one write a call; whoever is not the controller asks it seldom. */
export const KUBERNETES_CONTROLLER: ControllerConfig = {
  leaseDurationMs: 15_000,
  leaseRenewMs: 2000,
  leasePollMs: 3000,
  brokerSessionTimeoutMs: 9000,
  leaderRebalanceMs: 300_000,
  movesPerBrokerMax: 5,
  writeBatchMax: 1,
  writesMax: 16,
  partitionsDefault: 3,
};

export const EMBEDDED_CONTROLLER: ControllerConfig = {
  leaseDurationMs: 15_000,
  leaseRenewMs: 2000,
  leasePollMs: 500,
  brokerSessionTimeoutMs: 9000,
  leaderRebalanceMs: 300_000,
  movesPerBrokerMax: 5,
  writeBatchMax: 1000,
  writesMax: 2,
  partitionsDefault: 1,
};
