import { type BurnRates, SlaMetric } from "@fairlead/contracts/sla/v1/level";
import { type AlertRule, concerns } from "@fairlead/decision/sla/alert-rule";
import { includesScope, MESH, type Scope, scopeKey, specificity } from "@fairlead/decision/sla/scope";
import { chooseLevels, type ServiceLevel } from "@fairlead/decision/sla/service-level";
import type { Sample } from "./rolling-window.ts";
import { Subject } from "./subject.ts";

/** Bounds of what is watched, and by what. */
export interface SubjectsSettings {
  readonly levels: readonly ServiceLevel[];
  readonly rules: readonly AlertRule[];
  /** Milliseconds of the window whose figures are shown. */
  readonly windowMs: number;
  readonly slices: number;
  readonly recoverMs: number;
  readonly maxTargets: number;
  readonly maxTenants: number;
  /** Unix milliseconds of the start. */
  readonly startedAt: number;
}

/** Stands for the tenants that are not watched by themselves. */
export const OTHER_TENANT = "other";
/** Milliseconds after which a tenant that nobody heard of makes room for another. */
const IDLE_TENANT_MS = 300_000;

type Kind = "provider" | "model" | "target" | "tenant";

/** The scopes whose calls are watched: the mesh, each provider, model, pair of both and tenant that is called, up to bounds. */
export class Subjects {
  readonly #settings: SubjectsSettings;
  readonly #subjects = new Map<string, Subject>();
  readonly #kinds: Readonly<Record<Kind, Set<Subject>>> = { provider: new Set(), model: new Set(), target: new Set(), tenant: new Set() };
  /** Scopes that a level names; they are watched also while nobody calls them. */
  readonly #named: ReadonlySet<string>;
  /** Those of them that are of no kind, such as a tenant at a provider. */
  readonly #pairs: readonly Subject[];
  readonly #mesh: Subject;
  readonly #changed = new Set<Subject>();

  constructor(settings: SubjectsSettings) {
    this.#settings = settings;
    this.#mesh = this.#make(MESH, settings.startedAt);
    const scopes = settings.levels.map(({ scope }) => scope).filter((scope) => specificity(scope) > 0);
    this.#named = new Set(scopes.map(scopeKey));
    const pairs: Subject[] = [];
    for (const scope of scopes) {
      if (this.#subjects.has(scopeKey(scope))) continue;
      const kind = kindOf(scope);
      const subject = this.#make(scope, settings.startedAt);
      if (kind === undefined) pairs.push(subject);
      else this.#kinds[kind].add(subject);
    }
    this.#pairs = pairs;
  }

  /** The name under which a tenant is watched: its own, or "other" where there are too many. */
  tenantName(tenant: string, now: number): string {
    if (tenant === "" || tenant === OTHER_TENANT) return tenant;
    const key = scopeKey({ ...MESH, tenant });
    if (this.#subjects.has(key) || this.#kinds.tenant.size < this.#settings.maxTenants) return tenant;
    return this.#forgetIdleTenant(now) ? tenant : OTHER_TENANT;
  }

  /** Takes in a call of a target by a tenant; the target, undefined where there is no room for it. */
  add(scope: Scope, sample: Sample, now: number): Subject | undefined {
    const { provider, model, tenant } = scope;
    const found = [this.#mesh];
    const target = this.#kind("target", { provider, model, tenant: "" }, now);
    if (target !== undefined) {
      found.push(target);
      for (const subject of [this.#kind("provider", { ...MESH, provider }, now), this.#kind("model", { ...MESH, model }, now)]) {
        if (subject !== undefined) found.push(subject);
      }
    }
    const payer = tenant === "" ? undefined : this.#kind("tenant", { ...MESH, tenant }, now);
    if (payer !== undefined) found.push(payer);
    for (const pair of this.#pairs) if (includesScope(pair.scope, scope)) found.push(pair);
    for (const subject of found) {
      subject.add(sample, now);
      this.#changed.add(subject);
    }
    return target;
  }

  /** Takes in a check of a provider, for the provider and its targets that are watched. */
  addCheck(provider: string, answered: boolean, now: number): void {
    const checked = this.#kind("provider", { ...MESH, provider }, now);
    checked?.addCheck(answered, now);
    if (checked !== undefined) this.#changed.add(checked);
    for (const target of this.#kinds.target) {
      if (target.scope.provider !== provider) continue;
      target.addCheck(answered, now);
      this.#changed.add(target);
    }
  }

  /** A target, made where it is not watched yet; undefined where there is no room. */
  target(provider: string, model: string, now: number): Subject | undefined {
    const target = this.#kind("target", { provider, model, tenant: "" }, now);
    if (target !== undefined) this.#changed.add(target);
    return target;
  }

  get(scope: Scope): Subject | undefined {
    return this.#subjects.get(scopeKey(scope));
  }

  all(): Iterable<Subject> {
    return this.#subjects.values();
  }

  targets(): Iterable<Subject> {
    return this.#kinds.target;
  }

  /** How fast the error budgets of the success rate burn, of the mesh and of each provider. */
  burns(now: number): (readonly [provider: string, burn: BurnRates])[] {
    return [this.#mesh, ...this.#kinds.provider].flatMap((subject) => {
      const burn = subject.level(SlaMetric.SUCCESS_RATE)?.burn(now);
      return burn === undefined ? [] : [[subject.scope.provider, burn] as const];
    });
  }

  /** The subjects whose figures may have changed since the last time. */
  takeChanged(): Subject[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed.filter(({ key }) => this.#subjects.has(key));
  }

  /** True for a scope that a level names. */
  isNamed({ key }: Subject): boolean {
    return this.#named.has(key);
  }

  /** Stops watching a subject, unless a level names it or it is the mesh. */
  forget(subject: Subject): void {
    const kind = kindOf(subject.scope);
    if (kind === undefined || this.isNamed(subject)) return;
    this.#subjects.delete(subject.key);
    this.#kinds[kind].delete(subject);
    this.#changed.delete(subject);
  }

  #kind(kind: Kind, scope: Scope, now: number): Subject | undefined {
    const known = this.#subjects.get(scopeKey(scope));
    if (known !== undefined) return known;
    const most = kind === "tenant" ? this.#settings.maxTenants + 1 : this.#settings.maxTargets;
    if (this.#kinds[kind].size >= most) return undefined;
    const subject = this.#make(scope, now);
    this.#kinds[kind].add(subject);
    return subject;
  }

  #make(scope: Scope, now: number): Subject {
    const { slices, recoverMs, levels, rules, startedAt } = this.#settings;
    const windows = [...rules.filter((rule) => concerns(rule, scope)).map(({ windowMs }) => windowMs), this.#settings.windowMs];
    const subject = new Subject(scope, { slices, recoverMs, levels: chooseLevels(levels, scope), windows, countedSince: startedAt }, now);
    this.#subjects.set(subject.key, subject);
    return subject;
  }

  /** Makes room by forgetting the tenant that was not heard of for longest. */
  #forgetIdleTenant(now: number): boolean {
    let idle: Subject | undefined;
    for (const subject of this.#kinds.tenant) {
      if (this.isNamed(subject) || subject.scope.tenant === OTHER_TENANT) continue;
      if (idle === undefined || subject.calledAt < idle.calledAt) idle = subject;
    }
    if (idle === undefined || now - idle.calledAt < IDLE_TENANT_MS) return false;
    this.forget(idle);
    return true;
  }
}

function kindOf({ provider, model, tenant }: Scope): Kind | undefined {
  if (tenant !== "") return provider === "" && model === "" ? "tenant" : undefined;
  if (provider !== "") return model === "" ? "provider" : "target";
  return model === "" ? undefined : "model";
}
