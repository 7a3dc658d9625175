import { toStrict } from "./json-schema.ts";
import type { KindSchema, Schema } from "./json-schema.ts";

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

type Definitions = Readonly<Record<string, Schema>>;

const QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity";
const REFERENCE = /"#\/definitions\/([^"]+)"/g;

/** One strict schema per kind of Kubernetes' OpenAPI document, each with the definitions it needs. */
export function kubernetesSchemas(document: { readonly definitions: Definitions }): KindSchema[] {
  const definitions = toStrict({ ...document.definitions, [QUANTITY]: { anyOf: [{ type: "string" }, { type: "number" }] } }) as Definitions;
  return Object.entries(definitions).flatMap(([name, schema]) => {
    // DeleteOptions and WatchEvent belong to every group; nobody writes them into a manifest.
    const [identity, ...others] = (schema["x-kubernetes-group-version-kind"] ?? []) as GroupVersionKind[];
    return identity === undefined || others.length > 0 ? [] : [ofKind(identity, name, definitions)];
  });
}

function ofKind({ group, version, kind }: GroupVersionKind, name: string, definitions: Definitions): KindSchema {
  const own = definitions[name] ?? {};
  const apiVersion = group === "" ? version : `${group}/${version}`;
  const properties = { ...own.properties, apiVersion: { const: apiVersion }, kind: { const: kind } };
  const needed = Object.fromEntries([...reachable(name, definitions)].map((one) => [one, definitions[one]]));
  const schema = { ...own, properties, required: [...((own["required"] as string[] | undefined) ?? []), "apiVersion", "kind"], definitions: needed };
  return { group: group === "" ? version : group, version, kind, schema };
}

/** Names of all definitions that are referred to from one, over any number of steps. */
function reachable(start: string, definitions: Definitions): Set<string> {
  const found = new Set<string>();
  const open = [start];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const [, next = ""] of JSON.stringify(definitions[name]).matchAll(REFERENCE)) {
      if (!found.has(next)) open.push(next);
      found.add(next);
    }
  }
  return found;
}
