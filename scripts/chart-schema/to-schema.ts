import { deploymentEntries } from "@fairlead/adapter-kit/deployment-config";
import { BALANCER_NAMES } from "@fairlead/decision/balancing/algorithms/all-balancers";
import { STRATEGY_NAMES } from "@fairlead/decision/routing/strategies/all-strategies";
import { z } from "zod";
import { balancerName, strategyName } from "../../services/router/src/routing-rules-config.ts";

/** A JSON schema, as far as it is looked into here. */
export interface JsonSchema {
  [key: string]: unknown;
  properties?: Record<string, JsonSchema>;
  required?: string[];
}

/** What zod can only refine, since a schema's pattern or list says it as well. */
const REFINED = new Map<unknown, JsonSchema>([
  [strategyName, { enum: [...STRATEGY_NAMES] }],
  [balancerName, { enum: [...BALANCER_NAMES] }],
]);

/** The form in which a configuration may be written, before it is read; objects take no key that is not named. */
export function toSchema(schema: z.ZodType, without: readonly string[] = []): JsonSchema {
  const made = z.toJSONSchema(schema, {
    io: "input",
    target: "draft-7",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => void Object.assign(jsonSchema, REFINED.get(zodSchema)),
  }) as JsonSchema;
  const { $schema: _dialect, definitions: _own, ...rest } = JSON.parse(JSON.stringify(made), withoutReferences) as JsonSchema;
  const properties = Object.fromEntries(Object.entries(rest.properties ?? {}).filter(([key]) => !without.includes(key)));
  // Text such as a variable holds is not for values, and would hide what is in it.
  if ("deployments" in properties) properties["deployments"] = toSchema(deploymentEntries);
  if (rest.properties === undefined) return rest;
  return { ...rest, properties, ...(rest.required === undefined ? {} : { required: rest.required.filter((key) => !without.includes(key)) }) };
}

/** Only JSON of any form refers to itself, and that is what an empty schema says too. */
function withoutReferences(_key: string, value: unknown): unknown {
  return typeof value === "object" && value !== null && "$ref" in value ? {} : value;
}
