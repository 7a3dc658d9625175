import Table from "cli-table3";

/** No colours: tables are kept as text. */
const PLAIN = { head: [], border: [], compact: true };

/** What was said against what was found. */
export interface Pair {
  readonly label: string;
  readonly found: string;
}

/** Figures of one class. */
export interface ClassFigures {
  readonly label: string;
  readonly rows: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Share that is right, figures by class, and the mean of the F1 of the classes that occur as labels. */
export function judgePairs(pairs: readonly Pair[]): { accuracy: number; classes: ClassFigures[]; macroF1: number } {
  const labels = [...new Set(pairs.flatMap(({ label, found }) => [label, found]))].toSorted();
  const classes = labels.map((label): ClassFigures => {
    const right = pairs.filter((pair) => pair.label === label && pair.found === label).length;
    const said = pairs.filter((pair) => pair.label === label).length;
    const found = pairs.filter((pair) => pair.found === label).length;
    const precision = found === 0 ? 0 : right / found;
    const recall = said === 0 ? 0 : right / said;
    return {
      label,
      rows: said,
      precision,
      recall,
      f1: right === 0 ? 0 : (2 * precision * recall) / (precision + recall),
    };
  });
  const labelled = classes.filter(({ rows }) => rows > 0);
  return {
    accuracy: pairs.filter(({ label, found }) => label === found).length / pairs.length,
    classes,
    macroF1: labelled.reduce((sum, { f1 }) => sum + f1, 0) / labelled.length,
  };
}

/** A table of counts, labels down and findings across, and a table of figures by class. */
export function showPairs(title: string, pairs: readonly Pair[]): string {
  const { accuracy, classes, macroF1 } = judgePairs(pairs);
  const names = classes.map(({ label }) => label);
  const counts = new Table({ head: ["label \\ found", ...names.map(shown)], style: PLAIN });
  for (const label of names) {
    counts.push([
      shown(label),
      ...names.map((found) => String(pairs.filter((pair) => pair.label === label && pair.found === found).length)),
    ]);
  }
  const figures = new Table({ head: ["class", "rows", "precision", "recall", "F1"], style: PLAIN });
  for (const { label, rows, precision, recall, f1 } of classes)
    figures.push([shown(label), rows, ...[precision, recall, f1].map((value) => value.toFixed(3))]);
  const right = pairs.filter(({ label, found }) => label === found).length;
  return `${title}: ${right} of ${pairs.length} right, accuracy ${accuracy.toFixed(3)}, macro F1 ${macroF1.toFixed(3)}\n${counts.toString()}\n${figures.toString()}`;
}

function shown(label: string): string {
  return label === "" ? "(none)" : label;
}
