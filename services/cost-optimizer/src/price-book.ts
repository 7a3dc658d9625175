import { equals } from "@bufbuild/protobuf";
import type { ModelDescription, ProviderDescription } from "@fairlead/contracts/adapter/v1/model";
import { type ModelPrice, ModelPriceSchema } from "@fairlead/contracts/cost/v1/price";
import { priceAt } from "@fairlead/decision/cost/price-at";
import { validate } from "@fairlead/rpc/validate";

/** Models whose prices are kept. */
const MAX_MODELS = 5_000;
/** Milliseconds of silence after which a provider's models count as no longer on offer. */
const GONE_MS = 60_000;
/** Dated prices of one model. */
const MAX_PRICES = 64;

/** Prices as adapters announced them. They are kept after an adapter has gone: its last requests still settle. */
export class PriceBook {
  readonly #prices = new Map<string, readonly ModelPrice[]>();
  readonly #descriptions = new Map<string, ProviderDescription>();
  readonly #heardAt = new Map<string, number>();
  readonly #onChange: (key: string, prices: readonly ModelPrice[]) => void;

  /** @param onChange told all prices of a model when one of them is new or changed */
  constructor(onChange: (key: string, prices: readonly ModelPrice[]) => void) {
    this.#onChange = onChange;
  }

  /** Takes the prices of an announcement over. Prices that break their contract, or are another provider's, are not. */
  learn(description: ProviderDescription, nowMs: number): void {
    if (this.#heardAt.size < MAX_MODELS || this.#heardAt.has(description.provider))
      this.#heardAt.set(description.provider, nowMs);
    if (this.#descriptions.get(description.provider) === description) return;
    for (const model of description.models) this.#learnModel(description.provider, model);
    if (this.#descriptions.size < MAX_MODELS || this.#descriptions.has(description.provider)) {
      this.#descriptions.set(description.provider, description);
    }
  }

  /** The price of a model that holds at a time; undefined when it is not known. */
  at(provider: string, model: string, nowMs: number): ModelPrice | undefined {
    return priceAt(this.#prices.get(keyOf(provider, model)) ?? [], nowMs);
  }

  has(provider: string, model: string): boolean {
    return this.#prices.has(keyOf(provider, model));
  }

  /** What adapters said last. */
  descriptions(): ProviderDescription[] {
    return [...this.#descriptions.values()];
  }

  /** All prices of a model. */
  of(provider: string, model: string): readonly ModelPrice[] {
    return this.#prices.get(keyOf(provider, model)) ?? [];
  }

  /** Models on offer whose price is not known at a time. */
  unpriced(nowMs: number): { provider: string; model: string }[] {
    return this.descriptions()
      .filter(({ provider }) => nowMs - (this.#heardAt.get(provider) ?? 0) <= GONE_MS)
      .flatMap(({ provider, models }) => models.map(({ model }) => ({ provider, model })))
      .filter(({ provider, model }) => this.at(provider, model, nowMs) === undefined);
  }

  /** Whether a model, "provider/model", is on offer without a price; undefined: nothing was heard of its provider lately. */
  isUnpriced(name: string, nowMs: number): boolean | undefined {
    const [provider = ""] = name.split("/", 1);
    const heardAt = this.#heardAt.get(provider);
    if (heardAt === undefined) return undefined;
    return this.unpriced(nowMs).some((one) => keyOf(one.provider, one.model) === name);
  }

  #learnModel(provider: string, { model, prices }: ModelDescription): void {
    const key = keyOf(provider, model);
    const known = this.#prices.get(key);
    if (prices.length === 0 || (known !== undefined && samePrices(known, prices))) return;
    if (known === undefined && this.#prices.size >= MAX_MODELS) return;
    const own = prices.filter((price) => price.provider === provider && price.model === model && isValid(price));
    if (own.length === 0 || own.length > MAX_PRICES) return;
    this.#prices.set(key, own);
    this.#onChange(key, own);
  }
}

function keyOf(provider: string, model: string): string {
  return `${provider}/${model}`;
}

function samePrices(known: readonly ModelPrice[], told: readonly ModelPrice[]): boolean {
  if (known === told) return true;
  if (known.length !== told.length) return false;
  return known.every((price, position) => {
    const other = told[position];
    return other !== undefined && equals(ModelPriceSchema, price, other);
  });
}

function isValid(price: ModelPrice): boolean {
  try {
    validate(ModelPriceSchema, price);
    return true;
  } catch {
    return false;
  }
}
