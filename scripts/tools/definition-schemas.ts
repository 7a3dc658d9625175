import { toStrict } from "./json-schema.ts";
import type { KindSchema, Schema } from "./json-schema.ts";

/** A CustomResourceDefinition, as far as it is looked at here. */
export interface CustomResourceDefinition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

/** One strict schema per version that a CustomResourceDefinition has. */
export function definitionSchemas({ spec }: CustomResourceDefinition): KindSchema[] {
  return spec.versions.map(({ name, schema }) => ({
    group: spec.group,
    version: name,
    kind: spec.names.kind,
    schema: toStrict(schema.openAPIV3Schema) as Schema,
  }));
}
