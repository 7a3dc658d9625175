import { abortError, boundSignal } from "@fairlead/rpc/deadline";
import { asFairleadError } from "@fairlead/rpc/fairlead-error";
import type { Context } from "@opentelemetry/api";
import type { ProviderCall } from "./call-provider.ts";

/** Milliseconds for which what was found out is told again. */
const FRESH_MS = 1_000;
/** Findings kept at most, beside those under way: names of deployments come from outside. */
const MOST_FINDINGS = 128;
/** Milliseconds that the provider has to answer. */
const LONGEST_PROBE_MS = 5_000;

/** How probing is bounded. */
export interface ProbeSettings {
  readonly freshMs?: number;
  readonly longestMs?: number;
}

/** A caller that asks whether the provider answers. */
export interface ProbeAsker {
  readonly signal: AbortSignal;
  readonly trace: Context;
}

interface Finding {
  /** Milliseconds the call took; rejects with what went wrong. */
  readonly outcome: Promise<number>;
  /** Monotonic milliseconds of its end; undefined while it is under way. */
  endedAt: number | undefined;
}

/**
 * Makes a probe that however many askers share: a call under way is waited for, and what a call found out is told again for
 * a second. A call ends at its own time limit, not when the one who asked first goes away.
 *
 * @param run asks the provider; throws FairleadError
 * @param now unix milliseconds
 */
export function createProbe(
  run: (deployment: string, call: ProviderCall) => Promise<void>,
  now: () => number,
  settings: ProbeSettings = {},
): (deployment: string, asker: ProbeAsker) => Promise<number> {
  const { freshMs = FRESH_MS, longestMs = LONGEST_PROBE_MS } = settings;
  const findings = new Map<string, Finding>();

  const start = (deployment: string, trace: Context): Finding => {
    const startedAt = performance.now();
    const bound = boundSignal(undefined, Date.now() + longestMs, "The provider did not answer the probe in time.");
    const call: ProviderCall = { signal: bound.signal, trace, strict: false, deployment, connectMs: 0, now };
    const outcome = run(deployment, call).then(() => performance.now() - startedAt);
    const finding: Finding = { outcome, endedAt: undefined };
    const ended = () => {
      finding.endedAt = performance.now();
      bound[Symbol.dispose]();
    };
    outcome.then(ended, ended);
    return finding;
  };

  return async (deployment, { signal, trace }) => {
    let finding = findings.get(deployment);
    if (finding === undefined || performance.now() - (finding.endedAt ?? Infinity) > freshMs) {
      if (findings.size >= MOST_FINDINGS) forgetEnded(findings);
      finding = start(deployment, trace);
      findings.set(deployment, finding);
    }
    return waitFor(finding.outcome, signal);
  };
}

function forgetEnded(findings: Map<string, Finding>): void {
  for (const [deployment, { endedAt }] of findings) if (endedAt !== undefined) findings.delete(deployment);
}

/** Waits for what others wait for too, but no longer than the one who waits wants to. */
function waitFor(outcome: Promise<number>, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const gone = () => reject(abortError(signal));
    if (signal.aborted) return gone();
    signal.addEventListener("abort", gone, { once: true });
    outcome
      .then(resolve, (error: unknown) => reject(asFairleadError(error)))
      .finally(() => signal.removeEventListener("abort", gone));
  });
}
