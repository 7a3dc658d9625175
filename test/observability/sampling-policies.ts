import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { ROOT } from "./queries.ts";

/** An attribute of spans for which the collector keeps a trace, and the values of it that count. */
export interface KeptAttribute {
  readonly policy: string;
  readonly key: string;
  readonly values: readonly unknown[];
}

interface Policy {
  readonly name: string;
  readonly boolean_attribute?: { readonly key: string; readonly value: boolean };
  readonly string_attribute?: { readonly key: string; readonly values: readonly string[] };
}

/** Attributes that the collector's values look at. */
export function keptAttributes(): KeptAttribute[] {
  const { config } = parse(readFileSync(new URL("helm/fairlead/files/otel-collector.yaml", ROOT), "utf8")) as { config: { processors: { tail_sampling: { policies: Policy[] } } } };
  return config.processors.tail_sampling.policies.flatMap(({ name, boolean_attribute: flag, string_attribute: text }) => [
    ...(flag === undefined ? [] : [{ policy: name, key: flag.key, values: [flag.value] }]),
    ...(text === undefined ? [] : [{ policy: name, key: text.key, values: text.values }]),
  ]);
}
