import type { Boosted } from "../boost-trees.ts";
import type { GapModel } from "./fit-difficulty.ts";
import type { Scale } from "./fit-scale.ts";

const WIDTH = 110;

/** The text of a TypeScript module that holds the model. */
export function packModel(model: GapModel, scale: Scale): string {
  return `// Written by eval/train-quality.ts. Do not edit.
import type { PackedForest } from "./forest.ts";

interface Branch {
  readonly forest: PackedForest;
  readonly start: number;
  readonly slope: number;
}

/** Learned: the gap between a strong and a weak model for each kind of question, and its place on the scale of strengths. */
export const DIFFICULTY_MODEL: { readonly discrimination: number; readonly choice: Branch; readonly free: Branch } = {
  discrimination: ${round(scale.discrimination)},
  choice: ${packBranch(model.choice, scale.choice)},
  free: ${packBranch(model.free, scale.free)},
};
`;
}

function packBranch(boosted: Boosted, { start, slope }: { start: number; slope: number }): string {
  return `{
    start: ${round(start)},
    slope: ${round(slope)},
    forest: ${packForest(boosted)},
  }`;
}

/** A forest as a literal of `PackedForest`. */
export function packForest({ trees, base }: Boosted): string {
  const depth = Math.log2(trees[0]?.leaves.length ?? 1);
  return `{
      base: ${round(base)},
      depth: ${depth},
      features: ${quoted(Uint8Array.from(trees.flatMap(({ features }) => features)))},
      thresholds: ${quoted(floats(trees.flatMap(({ thresholds }) => thresholds)))},
      leaves: ${quoted(floats(trees.flatMap(({ leaves }) => leaves)))},
    }`;
}

function floats(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  values.forEach((value, index) => view.setFloat32(index * 4, value, true));
  return new Uint8Array(view.buffer);
}

/** Bytes as a base64 literal in lines of bounded width. */
export function quoted(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("base64");
  const lines = text.match(new RegExp(`.{1,${WIDTH}}`, "g")) ?? [""];
  return lines.map((line) => `"${line}"`).join(" +\n        ");
}

function round(value: number): string {
  return String(Number(value.toPrecision(8)));
}
