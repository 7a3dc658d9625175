/** How a sum of small trees is grown. */
export interface BoostOptions {
  readonly rounds: number;
  readonly rate: number;
  readonly depth: number;
  /** Least weight of the examples in a leaf. */
  readonly leafWeight: number;
  /** Added to the weight of a leaf: draws its value to zero. */
  readonly ridge: number;
  /** Shares of the examples and of the features that each tree sees. */
  readonly rowShare: number;
  readonly featureShare: number;
  readonly bins: number;
  /** Features that may be used; all where absent. */
  readonly allowed?: readonly number[];
}

/** A complete binary tree: inner nodes in level order, then leaves. */
export interface Tree {
  readonly features: number[];
  /** A value up to this goes left. */
  readonly thresholds: number[];
  readonly leaves: number[];
}

/** A sum of trees over a start value. */
export interface Boosted {
  readonly base: number;
  readonly trees: readonly Tree[];
}

/** Grows trees by least squares, each on what the ones before left over. `random` gives numbers from 0 to 1. */
export function boostTrees(
  rows: readonly Float64Array[],
  targets: readonly number[],
  weights: readonly number[],
  options: BoostOptions,
  random: () => number,
): Boosted {
  const binned = binFeatures(rows, options.bins);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const base = targets.reduce((sum, target, index) => sum + target * (weights[index] as number), 0) / total;
  const left = Float64Array.from(targets, (target) => target - base);
  const trees: Tree[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const sample = [...rows.keys()].filter(() => random() < options.rowShare);
    const usable = options.allowed ?? [...binned.edges.keys()];
    const features = usable.filter(() => random() < options.featureShare);
    const tree = growTree(binned, left, weights, sample, features, options);
    for (let row = 0; row < rows.length; row++)
      left[row] = (left[row] as number) - valueOf(tree, rows[row] as Float64Array);
    trees.push(tree);
  }
  return { base, trees };
}

/** What the sum of trees says about an example. */
export function boostedValue({ base, trees }: Boosted, row: Float64Array): number {
  let sum = base;
  for (const tree of trees) sum += valueOf(tree, row);
  return sum;
}

function valueOf({ features, thresholds, leaves }: Tree, row: Float64Array): number {
  let node = 0;
  while (node < features.length)
    node = 2 * node + ((row[features[node] as number] as number) <= (thresholds[node] as number) ? 1 : 2);
  return leaves[node - features.length] as number;
}

interface Binned {
  readonly codes: readonly Uint8Array[];
  /** Upper edge of each bin of each feature. */
  readonly edges: readonly number[][];
}

/** Cuts the values of each feature into bins that hold about as many examples each. */
function binFeatures(rows: readonly Float64Array[], bins: number): Binned {
  const width = rows[0]?.length ?? 0;
  const codes: Uint8Array[] = [];
  const edges: number[][] = [];
  for (let feature = 0; feature < width; feature++) {
    const sorted = Float64Array.from(rows, (row) => row[feature] as number).sort();
    const cuts: number[] = [];
    for (let bin = 1; bin < bins; bin++) {
      const value = sorted[Math.floor((bin * sorted.length) / bins)] as number;
      const next = sorted.find((other) => other > value);
      const cut = next === undefined ? undefined : (value + next) / 2;
      if (cut !== undefined && cut !== cuts.at(-1)) cuts.push(cut);
    }
    edges.push(cuts);
    codes.push(Uint8Array.from(rows, (row) => binOf(cuts, row[feature] as number)));
  }
  return { codes, edges };
}

function binOf(cuts: readonly number[], value: number): number {
  let bin = 0;
  while (bin < cuts.length && value > (cuts[bin] as number)) bin += 1;
  return bin;
}

function growTree(
  binned: Binned,
  left: Float64Array,
  weights: readonly number[],
  sample: number[],
  features: readonly number[],
  options: BoostOptions,
): Tree {
  const inner = 2 ** options.depth - 1;
  const tree: Tree = { features: [], thresholds: [], leaves: [] };
  const members: number[][] = [sample];
  for (let node = 0; node < inner; node++) {
    const rows = members[node] ?? [];
    const split = bestSplit(binned, left, weights, rows, features, options);
    tree.features.push(split?.feature ?? features[0] ?? 0);
    tree.thresholds.push(split?.threshold ?? Infinity);
    members[2 * node + 1] =
      split === undefined ? rows : rows.filter((row) => (binned.codes[split.feature]?.[row] as number) <= split.bin);
    members[2 * node + 2] =
      split === undefined ? [] : rows.filter((row) => (binned.codes[split.feature]?.[row] as number) > split.bin);
  }
  for (let leaf = inner; leaf < 2 * inner + 1; leaf++) {
    let sum = 0;
    let weight = 0;
    for (const row of members[leaf] ?? []) {
      sum += (left[row] as number) * (weights[row] as number);
      weight += weights[row] as number;
    }
    tree.leaves.push((options.rate * sum) / (weight + options.ridge));
  }
  return tree;
}

interface Split {
  readonly feature: number;
  readonly bin: number;
  readonly threshold: number;
}

function bestSplit(
  binned: Binned,
  left: Float64Array,
  weights: readonly number[],
  rows: readonly number[],
  features: readonly number[],
  options: BoostOptions,
): Split | undefined {
  let sumAll = 0;
  let weightAll = 0;
  for (const row of rows) {
    sumAll += (left[row] as number) * (weights[row] as number);
    weightAll += weights[row] as number;
  }
  if (weightAll < 2 * options.leafWeight) return undefined;
  let bestGain = sumAll ** 2 / (weightAll + options.ridge) + 1e-9;
  let best: Split | undefined;
  const sums = new Float64Array(options.bins);
  const masses = new Float64Array(options.bins);
  for (const feature of features) {
    const edges = binned.edges[feature] as number[];
    const codes = binned.codes[feature] as Uint8Array;
    sums.fill(0);
    masses.fill(0);
    for (const row of rows) {
      const weight = weights[row] as number;
      sums[codes[row] as number]! += (left[row] as number) * weight;
      masses[codes[row] as number]! += weight;
    }
    let sum = 0;
    let mass = 0;
    for (let bin = 0; bin < edges.length; bin++) {
      sum += sums[bin] as number;
      mass += masses[bin] as number;
      if (mass < options.leafWeight || weightAll - mass < options.leafWeight) continue;
      const gain = sum ** 2 / (mass + options.ridge) + (sumAll - sum) ** 2 / (weightAll - mass + options.ridge);
      if (gain > bestGain) {
        bestGain = gain;
        best = { feature, bin, threshold: edges[bin] as number };
      }
    }
  }
  return best;
}
