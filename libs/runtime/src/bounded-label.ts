/** The label of what there is no room for. */
export const OTHER = "other";

/**
 * Names as label values, from a set that cannot grow past a bound: the first so many names keep their own, all others
 * share "other". For names that callers choose.
 */
export function boundedLabel(most: number): (name: string) => string {
  const known = new Set<string>();
  return (name) => {
    if (known.has(name)) return name;
    if (known.size >= most || name === "") return OTHER;
    known.add(name);
    return name;
  };
}
