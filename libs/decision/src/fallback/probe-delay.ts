/** How often a target whose circuit is open is asked whether it answers. */
export interface ProbeSettings {
  /** Milliseconds between two probes of a target that does not answer. */
  readonly everyMs: number;
  /** Milliseconds between two probes at most. */
  readonly mostMs: number;
}

/**
 * Milliseconds until the next probe: the interval, doubled for each time that a target answered a probe and then failed
 * its calls nevertheless, with up to a fifth less by chance, so that replicas do not ask in step.
 *
 * @param deceptions times in a row that a probe succeeded and the calls after it failed
 * @param random     0 to 1
 */
export function probeDelay(deceptions: number, random: number, settings: ProbeSettings): number {
  const interval = Math.min(settings.mostMs, settings.everyMs * 2 ** Math.min(deceptions, 20));
  return Math.max(1, Math.round(interval * (1 - 0.2 * random)));
}
