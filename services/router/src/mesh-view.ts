import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import type { Bus } from "@fairlead/bus/bus";
import { followHearing, type Hearing } from "@fairlead/bus/hearing";
import { newEvent } from "@fairlead/bus/new-event";
import { patterns, subjects } from "@fairlead/bus/subjects";
import type { Deployment, ModelDescription, ProviderDescription } from "@fairlead/contracts/adapter/v1/model";
import type { BalancingService, WatchTargetsResponse } from "@fairlead/contracts/balancing/v1/balancing_service";
import type { TargetState } from "@fairlead/contracts/balancing/v1/target";
import type { Budget, BudgetState } from "@fairlead/contracts/cost/v1/budget";
import type { CostService, EffectivePrice, WatchCostResponse } from "@fairlead/contracts/cost/v1/cost_service";
import type { ModelPrice } from "@fairlead/contracts/cost/v1/price";
import type { AdapterAnnounced } from "@fairlead/contracts/events/v1/event";
import { type StateAge, StateAgeSchema } from "@fairlead/contracts/routing/v1/decision";
import { type TargetHealth, Verdict } from "@fairlead/contracts/sla/v1/health";
import type { SlaService, WatchHealthResponse } from "@fairlead/contracts/sla/v1/sla_service";
import { type AdapterDirectory, advanceDirectory, expireAdapters, sameOffer, targetKey } from "@fairlead/decision/balancing/adapter-directory";
import { quotaAccount } from "@fairlead/decision/balancing/quota/quota-account";
import { type BudgetIndex, indexBudgets } from "@fairlead/decision/cost/match-budgets";
import { priceAt } from "@fairlead/decision/cost/price-at";
import type { Target } from "@fairlead/decision/routing/target";
import type { Client } from "@fairlead/rpc/call";
import type { ServiceTools } from "@fairlead/runtime/service";
import { type Followed, followStream } from "./follow-stream.ts";

/** Whom the view follows. */
export interface MeshViewSources {
  readonly bus: Bus;
  readonly balancing: Client<typeof BalancingService>;
  readonly cost: Client<typeof CostService>;
  readonly sla: Client<typeof SlaService>;
  readonly tools: ServiceTools;
}

/** Milliseconds without an announcement after which a provider is taken as gone. */
const GONE_MS = 10_000;
/** Milliseconds after which targets are put together anew even if nothing was told: prices begin at dates. */
const FRESH_MS = 1_000;

/** What a router knows of the mesh: the newest state of each service, held here so that no request waits for it. */
export class MeshView {
  readonly #tools: ServiceTools;
  readonly #descriptions = new Map<string, ProviderDescription>();
  readonly #states = new Map<string, TargetState>();
  readonly #verdicts = new Map<string, TargetHealth>();
  readonly #prices = new Map<string, ModelPrice[]>();
  readonly #budgets = new Map<string, BudgetState>();
  readonly #effective = new Map<string, EffectivePrice>();
  readonly #followed: { targets: Followed; cost: Followed; health: Followed };
  readonly #hearing: Hearing;
  readonly #unsubscribe: () => Promise<void>;
  #index: BudgetIndex = indexBudgets([]);
  #directory: AdapterDirectory = [];
  #targets: readonly Target[] | undefined;
  #builtAt = 0;
  #begun = false;

  constructor({ bus, balancing, cost, sla, tools }: MeshViewSources) {
    this.#tools = tools;
    this.#hearing = followHearing(bus, tools.now);
    const subscription = bus.subscribe(patterns.adapterAnnounced, (events) => {
      for (const { fact } of events) {
        if (fact.case === "adapterAnnounced") this.#announced(fact.value);
      }
    });
    this.#unsubscribe = () => subscription.close();
    const ask = newEvent({ id: tools.newId(), source: "router", now: tools.now() }, { case: undefined });
    bus.publish(subjects.adapterDiscovery, ask);
    this.#followed = {
      targets: followStream("targets", (options) => balancing.watchTargets({}, options), (message) => this.#applyTargets(message), tools),
      cost: followStream("cost", (options) => cost.watchCost({}, options), (message) => this.#applyCost(message), tools),
      health: followStream("health", (options) => sla.watchHealth({}, options), (message) => this.#applyHealth(message), tools),
    };
  }

  /** All targets with what is known of them now. */
  targets(): readonly Target[] {
    const now = this.#tools.now();
    if (this.#targets === undefined || now - this.#builtAt > FRESH_MS) {
      this.#targets = this.#build(now);
      this.#builtAt = now;
    }
    return this.#targets;
  }

  get budgets(): BudgetIndex {
    return this.#index;
  }

  /** A budget as it stands; undefined: there is none of this name. */
  budgetState(budgetId: string): BudgetState | undefined {
    return this.#budgets.get(budgetId);
  }

  /** Descriptions of the providers that are there, by name. */
  providers(): ProviderDescription[] {
    return this.#live(this.#tools.now()).sort((a, b) => (a.provider < b.provider ? -1 : 1));
  }

  /** How old each part is. */
  age(): StateAge {
    const age = create(StateAgeSchema);
    for (const part of ["targets", "cost", "health"] as const) {
      const milliseconds = this.#followed[part].age();
      if (milliseconds !== undefined) age[part] = durationFromMs(milliseconds);
    }
    return age;
  }

  /**
   * True once there was a provider to route to and the budgets were known, and from then on: what is lost later is lost to all
   * routers, and a mesh without one that is ready could not even say what is wrong.
   */
  ready(): boolean {
    this.#begun ||= this.#followed.cost.age() !== undefined && this.providers().length > 0;
    return this.#begun;
  }

  async close(): Promise<void> {
    this.#hearing.close();
    await this.#unsubscribe();
    await Promise.all(Object.values(this.#followed).map((followed) => followed.close()));
  }

  /** A provider stays while one of the processes that serve it does. */
  #announced(told: AdapterAnnounced): void {
    const known = this.#directory;
    this.#directory = advanceDirectory(known, told, this.#tools.now());
    if (told.description !== undefined && !told.leaving) this.#descriptions.set(told.description.provider, told.description);
    if (!sameOffer(known, this.#directory)) this.#targets = undefined;
  }

  #applyTargets({ snapshot, targets }: WatchTargetsResponse): void {
    if (snapshot) this.#states.clear();
    for (const state of targets) this.#states.set(targetKey(state), state);
    if (snapshot || targets.length > 0) this.#targets = undefined;
  }

  #applyHealth({ snapshot, targets }: WatchHealthResponse): void {
    if (snapshot) this.#verdicts.clear();
    for (const health of targets) this.#verdicts.set(keyOf(health.provider, health.model), health);
    if (snapshot || targets.length > 0) this.#targets = undefined;
  }

  #applyCost({ snapshot, budgets, removedBudgetIds, prices, effectivePrices }: WatchCostResponse): void {
    if (snapshot) {
      this.#budgets.clear();
      this.#prices.clear();
      this.#effective.clear();
    }
    for (const price of effectivePrices) this.#effective.set(targetKey(price), price);
    if (effectivePrices.length > 0) this.#targets = undefined;
    const known = this.#budgets.size;
    let changed = snapshot || removedBudgetIds.length > 0;
    for (const state of budgets) {
      const { budget } = state;
      if (budget === undefined) continue;
      changed ||= !sameBudget(this.#budgets.get(budget.budgetId)?.budget, budget);
      this.#budgets.set(budget.budgetId, state);
    }
    for (const id of removedBudgetIds) this.#budgets.delete(id);
    // Most messages only tell new sums of known budgets; the index does not hold those.
    if (changed || this.#budgets.size !== known) this.#index = indexBudgets([...this.#budgets.values()].flatMap(({ budget }) => budget ?? []));
    if (prices.length === 0) return;
    const replaced = new Set(prices.map(({ provider, model }) => keyOf(provider, model)));
    for (const key of replaced) this.#prices.delete(key);
    for (const price of prices) {
      const key = keyOf(price.provider, price.model);
      this.#prices.set(key, [...(this.#prices.get(key) ?? []), price]);
    }
    this.#targets = undefined;
  }

  #live(now: number): ProviderDescription[] {
    this.#directory = expireAdapters(this.#directory, now, { timeoutMs: GONE_MS, deafUntil: this.#hearing.deafUntil() });
    const names = new Set(this.#directory.map(({ provider }) => provider));
    for (const name of this.#descriptions.keys()) if (!names.has(name)) this.#descriptions.delete(name);
    return [...this.#descriptions.values()];
  }

  #build(now: number): Target[] {
    const targets: Target[] = [];
    for (const { provider, local, dialects, models } of this.#live(now)) {
      for (const model of models) {
        const offer = keyOf(provider, model.model);
        const health = this.#verdicts.get(offer);
        // Prices outlive an offer so that it can be settled; who offers a model without one has taken it back.
        const price = model.prices.length === 0 ? undefined : priceAt(this.#prices.get(offer) ?? model.prices, now);
        for (const { deployment, region, weight, limits } of placesOf(provider, model)) {
          const key = targetKey({ provider, model: model.model, deployment });
          targets.push({
            provider,
            model,
            deployment,
            region,
            weight: weight === 0 ? 1 : weight,
            limits,
            local,
            dialects,
            price,
            effectivePrice: this.#effective.get(key),
            state: this.#states.get(key),
            verdict: health?.verdict ?? Verdict.UNSPECIFIED,
            verdictReason: health?.reason ?? "",
          });
        }
      }
    }
    return targets;
  }
}

type Place = Pick<Deployment, "deployment" | "region" | "weight" | "limits">;

/** Where a model is deployed: in its deployments, or in one place without a name. Limits name the account they are of. */
function placesOf(provider: string, description: ModelDescription): Place[] {
  const { model, deployments, limits } = description;
  const unnamed = { deployment: "", region: "", weight: 1 };
  return (deployments.length === 0 ? [unnamed] : deployments).map((place: Place): Place => {
    const own = place.limits ?? limits;
    if (own === undefined) return place;
    const account = quotaAccount({ provider, model, deployment: place.deployment }, own, place.limits !== undefined);
    return { ...place, limits: { ...own, quotaAccount: account } };
  });
}

function sameBudget(known: Budget | undefined, told: Budget): boolean {
  if (known === undefined || known.window !== told.window || known.limitNanoUsd !== told.limitNanoUsd) return false;
  const [a, b] = [known.scope, told.scope];
  return a?.tenant === b?.tenant && a?.user === b?.user && a?.project === b?.project && a?.provider === b?.provider && a?.model === b?.model;
}

function keyOf(provider: string, model: string): string {
  return `${provider}/${model}`;
}
