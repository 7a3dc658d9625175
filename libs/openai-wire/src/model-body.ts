import { asObject, asText, type JsonObject } from "@fairlead/adapter-kit/json";
import { z } from "zod";
import { modelTraits } from "./traits.ts";

/** How `models.yaml` writes the traits of a model that its server treats in a way of its own. */
export const servedModelTraits = modelTraits
  .unwrap()
  .extend({
    /** Fields that every request for the model holds, unless the request says otherwise. */
    body: z.record(z.string().min(1).max(64), z.json()).default({}),
    /** The model's own words for efforts, where they are others. */
    effort_names: z.record(z.string(), z.string().min(1).max(32)).default({}),
    /** False where a schema cannot be held to; the model then follows it as well as it can. */
    strict_schemas: z.boolean().default(true),
  })
  .prefault({});

/** What requests for a model depend on that its server treats in a way of its own. */
export type ServedModelTraits = z.infer<typeof servedModelTraits>;

/** A body as its model takes it. Undefined traits leave it as it is. */
export function toModelBody(body: JsonObject, traits: ServedModelTraits | undefined): JsonObject {
  if (traits === undefined) return body;
  const effort = traits.effort_names[asText(body["reasoning_effort"])];
  return {
    ...traits.body,
    ...body,
    ...(effort === undefined ? {} : { reasoning_effort: effort }),
    ...(traits.strict_schemas ? {} : withoutStrictness(asObject(body["response_format"]))),
  };
}

function withoutStrictness(format: JsonObject): JsonObject {
  const { strict, ...schema } = asObject(format["json_schema"]);
  return strict === true ? { response_format: { ...format, json_schema: schema } } : {};
}
