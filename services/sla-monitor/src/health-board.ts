import { create, equals } from "@bufbuild/protobuf";
import { type TargetHealth, TargetHealthSchema, Verdict } from "@fairlead/contracts/sla/v1/health";
import {
  advanceHealth,
  type CheckRow,
  type HealthEvidence,
  type HealthSettings,
  isWorthATry,
  type TargetVerdict,
  tryAgain,
  unknownTarget,
} from "@fairlead/decision/sla/advance-health";
import { worstOf } from "@fairlead/decision/sla/judge-level";
import type { StateStream } from "@fairlead/runtime/state-stream";
import type { Subject } from "./subject.ts";
import type { Subjects } from "./subjects.ts";
import { toTargetHealth } from "./to-target-health.ts";

/** What the board needs. */
export interface HealthBoardPorts {
  readonly subjects: Subjects;
  readonly stream: StateStream<string, TargetHealth>;
  readonly settings: HealthSettings & { readonly windowMs: number };
  /** Checks of a provider that ended alike. */
  readonly checksOf: (provider: string) => CheckRow | undefined;
  /** Told of each new verdict. */
  readonly changed: (health: TargetHealth) => void;
}

interface Watch {
  verdict: TargetVerdict;
  /** Calls that failed since the last that succeeded. */
  failedCalls: number;
  lastFailedCall: number;
}

/** The verdicts on targets: what calls and checks say together, shown to all who watch as soon as it is known. */
export class HealthBoard {
  readonly #ports: HealthBoardPorts;
  readonly #watches = new Map<string, Watch>();
  /** Unhealthy targets by provider. */
  readonly #unwell = new Map<string, number>();

  constructor(ports: HealthBoardPorts) {
    this.#ports = ports;
  }

  /** Takes in that a call of a target ended. */
  called(target: Subject, succeeded: boolean, now: number): void {
    const watch = this.#watchOf(target, now);
    watch.failedCalls = succeeded ? 0 : watch.failedCalls + 1;
    if (!succeeded) watch.lastFailedCall = now;
  }

  /** The verdict on a target. */
  verdictOn(target: Subject, now: number): TargetVerdict {
    return this.#watchOf(target, now).verdict;
  }

  /** True for a provider that has an unhealthy target. */
  isUnwell(provider: string): boolean {
    return (this.#unwell.get(provider) ?? 0) > 0;
  }

  /** Judges a target anew: shows its figures, and a new verdict at once. */
  review(target: Subject, now: number): void {
    const watch = this.#watchOf(target, now);
    const { settings } = this.#ports;
    const evidence = this.#evidence(target, watch);
    if (isWorthATry(watch.verdict, evidence, settings, now)) {
      this.#setVerdict(target, watch, tryAgain(watch.verdict, now));
      target.restart(now);
      watch.failedCalls = 0;
    } else this.#setVerdict(target, watch, advanceHealth(watch.verdict, evidence, settings, now));
    const figures = target.figures(settings.windowMs, now);
    const isBad = watch.verdict.verdict >= Verdict.DEGRADED && evidence.checks !== undefined;
    if (figures.calls === 0 && !isBad && target.hasNoCalls(now)) this.#forget(target, watch);
    else this.#show(target, toTargetHealth(target.scope, figures, watch.verdict));
  }

  #evidence(target: Subject, { failedCalls, lastFailedCall }: Watch): HealthEvidence {
    const levels = worstOf(target.levels.map(({ judgement }) => judgement));
    return { levels, failedCalls, lastFailedCall, checks: this.#ports.checksOf(target.scope.provider) };
  }

  #show(target: Subject, health: TargetHealth): void {
    const shown = this.#ports.stream.get(target.key);
    if (shown !== undefined && equals(TargetHealthSchema, shown, health)) return;
    const isNews = health.verdict !== (shown?.verdict ?? Verdict.UNSPECIFIED);
    this.#ports.stream.set(target.key, health, { urgent: isNews });
    if (isNews) this.#ports.changed(health);
  }

  #forget(target: Subject, watch: Watch): void {
    const { provider, model } = target.scope;
    const shown = this.#ports.stream.get(target.key);
    this.#setVerdict(target, watch, unknownTarget(0));
    this.#watches.delete(target.key);
    this.#ports.subjects.forget(target);
    this.#ports.stream.delete(target.key, { urgent: true });
    if (shown !== undefined && shown.verdict !== Verdict.UNSPECIFIED) this.#ports.changed(create(TargetHealthSchema, { provider, model, successRate: 1 }));
  }

  #setVerdict({ scope }: Subject, watch: Watch, next: TargetVerdict): void {
    const change = Number(next.verdict === Verdict.UNHEALTHY) - Number(watch.verdict.verdict === Verdict.UNHEALTHY);
    watch.verdict = next;
    if (change === 0) return;
    const count = (this.#unwell.get(scope.provider) ?? 0) + change;
    if (count > 0) this.#unwell.set(scope.provider, count);
    else this.#unwell.delete(scope.provider);
  }

  #watchOf({ key }: Subject, now: number): Watch {
    let watch = this.#watches.get(key);
    if (watch === undefined) this.#watches.set(key, (watch = { verdict: unknownTarget(now), failedCalls: 0, lastFailedCall: 0 }));
    return watch;
  }
}
