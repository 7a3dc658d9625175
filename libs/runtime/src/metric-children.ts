/** A metric with labels, as prom-client has them. */
interface Labelled<Child> {
  labels(...values: string[]): Child;
}

/**
 * The children of a metric by the values of its labels. prom-client makes an object and a hash for each look-up of a
 * child; kept children cost a look-up in a map. Label values must come from closed sets.
 */
export function metricChildren<Child>(metric: Labelled<Child>): (...values: string[]) => Child {
  const known = new Map<string, Child>();
  return (...values) => {
    const key = values.length === 1 ? (values[0] ?? "") : values.join("\0");
    let child = known.get(key);
    if (child === undefined) known.set(key, (child = metric.labels(...values)));
    return child;
  };
}
