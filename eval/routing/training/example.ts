import { scanText } from "@fairlead/decision/analysis/scan-text";
import { shapeFeatures } from "@fairlead/decision/quality/shape-features";
import type { TwoModelTable } from "../read-two-models.ts";

/** What a model of difficulty learns from: one question. */
export interface Example {
  readonly features: Float64Array;
  /** How much better the strong model does, -1..1. */
  readonly target: number;
  readonly weight: number;
  /** Where it comes from; examples of one group are held out together. */
  readonly group: string;
  readonly strong: number;
  readonly weak: number;
}

/** Whether a question offers choices: such questions have a model of their own. */
export function offersChoice(example: Example): boolean {
  return example.features[0] === 1;
}

/** The features of a text. */
export function featuresOf(text: string): Float64Array {
  return shapeFeatures(scanText(text));
}

/**
 * Examples from recorded answers. No group counts more than `most` examples, so that a field with a template of its own
 * does not rule the model.
 */
export function examplesOf(table: TwoModelTable, prefix: string, weight: number, most = Infinity): Example[] {
  const sizes = new Map<string, number>();
  for (const { group } of table.rows) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  return table.rows.map(({ text, strong, weak, group }) => ({
    features: featuresOf(text),
    target: strong - weak,
    weight: weight * Math.min(1, most / (sizes.get(group) ?? 1)),
    group: `${prefix}/${group}`,
    strong,
    weak,
  }));
}
