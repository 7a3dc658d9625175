import { nameOf, type PlacedModel, problem } from "./placed-model.ts";

/**
 * Puts an operator's entries over known ones. Where the id is known, the keys of the entry replace the known ones, and
 * `remove: true` takes the model out; where it is not, the model is added.
 *
 * @throws CatalogueError for an id that is told twice or taken out without being there
 */
export function mergeModels(known: readonly PlacedModel[], changes: readonly PlacedModel[]): readonly PlacedModel[] {
  const merged = new Map(known.map((placed) => [nameOf(placed), placed]));
  const seen = new Set<string>();
  for (const change of changes) {
    const name = nameOf(change);
    if (seen.has(name)) throw problem(change, "model", `${name} is told twice`);
    seen.add(name);
    const { remove, ...entry } = change.entry;
    if (remove === undefined || remove === false) {
      merged.set(name, { ...change, entry: { ...merged.get(name)?.entry, ...entry } });
    } else if (remove !== true) {
      throw problem(change, "remove", "expected true or false");
    } else if (!merged.delete(name)) {
      throw problem(change, "remove", `there is no model ${name} to take out`);
    }
  }
  return [...merged.values()];
}
