import { lineChart } from "../../chart/line-chart.ts";
import { writeSvg } from "../../chart/write-svg.ts";

/** A way to choose with what it costs and how often it is right. */
export interface Spot {
  readonly name: string;
  readonly costPerThousand: number;
  readonly accuracy: number;
}

/** Draws cost against quality: single models, strategies, the sweep of weights, and what nothing else beats in both. @returns the path */
export async function drawFront(
  out: string,
  models: readonly Spot[],
  strategies: readonly Spot[],
  sweep: readonly Spot[],
): Promise<string> {
  const svg = await lineChart({
    title: "Cost against quality of strategies and single models",
    x: "dollars for a thousand calls (logarithmic)",
    y: "share of right answers",
    logX: true,
    yFormat: ".0%",
    series: [
      { name: "single models that none beats", points: points(paretoFront(models)), dashed: true },
      { name: "weighted_composite over its weights", points: points([...sweep].sort(byCost)) },
      { name: "strategies that none beats", points: points(paretoFront(strategies)), dashed: true },
    ],
    // More names than those of the front would lie on top of each other.
    marks: [...paretoFront(models), ...merged(strategies)].map(({ name, costPerThousand, accuracy }) => ({
      name,
      x: costPerThousand,
      y: accuracy,
    })),
  });
  return writeSvg(out, "several-models-cost-quality", svg);
}

/** Those that no other beats in cost and quality, by cost. */
export function paretoFront(spots: readonly Spot[]): Spot[] {
  let best = Number.NEGATIVE_INFINITY;
  return [...spots].sort(byCost).filter(({ accuracy }) => {
    if (accuracy <= best) return false;
    best = accuracy;
    return true;
  });
}

/** Those that decided the same share one spot. */
function merged(spots: readonly Spot[]): Spot[] {
  const groups = Map.groupBy(
    spots,
    ({ costPerThousand, accuracy }) => `${costPerThousand.toPrecision(3)} ${accuracy.toFixed(3)}`,
  );
  return [...groups.values()].map((own) => ({ ...(own[0] as Spot), name: own.map(({ name }) => name).join(", ") }));
}

function byCost(a: Spot, b: Spot): number {
  return a.costPerThousand - b.costPerThousand || b.accuracy - a.accuracy;
}

function points(spots: readonly Spot[]) {
  // A logarithmic axis has no place for what is free.
  return spots
    .filter(({ costPerThousand }) => costPerThousand > 0)
    .map(({ costPerThousand, accuracy }) => ({ x: costPerThousand, y: accuracy }));
}
