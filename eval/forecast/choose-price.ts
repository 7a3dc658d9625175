import { create } from "@bufbuild/protobuf";
import { type ModelPrice, ModelPriceSchema } from "@fairlead/contracts/cost/v1/price";
import { priceAt } from "@fairlead/decision/cost/price-at";
import { readCatalogues } from "../catalogue/read-catalogues.ts";
import { InputError } from "../read-table.ts";

/** What tokens cost when nothing else is said. */
export const DEFAULT_MODEL = "anthropic/claude-sonnet-4-5";

/**
 * The price of a model of the catalogue.
 *
 * @param name  provider/model, aliases included
 * @param nowMs unix milliseconds
 * @throws InputError when the model is not listed, or has no price now
 */
export function cataloguePrice(name: string, nowMs: number): ModelPrice {
  const [provider, ...rest] = name.split("/");
  const model = rest.join("/");
  const models = readCatalogues();
  const found = models.find(
    (entry) => entry.provider === provider && [entry.description.model, ...entry.description.aliases].includes(model),
  );
  if (found === undefined) {
    const names = models.map((entry) => `${entry.provider}/${entry.description.model}`).join(", ");
    throw new InputError(`--model: ${name} is not in the catalogue, which has ${names}`);
  }
  const price = priceAt(found.description.prices, nowMs);
  if (price === undefined) throw new InputError(`--model: the price of ${name} is not known`);
  return price;
}

/**
 * A price of dollars for a million tokens.
 *
 * @throws InputError when one of them is not such a number
 */
export function givenPrice(input: string, output: string): ModelPrice {
  return create(ModelPriceSchema, {
    input: nanoUsd("--input-price", input),
    output: nanoUsd("--output-price", output),
  });
}

function nanoUsd(option: string, text: string): bigint {
  const dollars = Number(text);
  if (text.trim() === "" || !(dollars >= 0 && dollars <= 1_000_000)) {
    throw new InputError(`${option}: expected dollars for a million tokens, not ${text}`);
  }
  return BigInt(Math.round(dollars * 1e9));
}
