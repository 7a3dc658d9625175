import { lineChart } from "../../chart/line-chart.ts";
import { writeSvg } from "../../chart/write-svg.ts";
import type { DriftPass } from "./drift.ts";
import { intervalOf } from "./measure-steps.ts";
import type { Step } from "./replay.ts";
import type { RewardTable } from "./reward-table.ts";
import type { Pass } from "./run-passes.ts";
import { SHARE_WINDOW, shareOf } from "./turn-bad.ts";

/** Points of a curve. */
const POINTS = 60;

/** Draws the regret that adds up, over the passes with its band. @returns the path of the file */
export async function drawRegret(out: string, passes: readonly Pass[], rewards: RewardTable): Promise<string> {
  const curve = (name: string, pick: (pass: Pass) => readonly Step[], dashed: boolean) => {
    const sums = passes.map((pass) => cumulated(pick(pass).map((step) => rewards.regretOf(step.arrival, step.chosen))));
    const at = placesOf(passes[0]?.learned.length ?? 0);
    const intervals = at.map((x) => ({ x, ...intervalOf(sums.map((sum) => sum[x - 1] ?? 0)) }));
    return {
      name,
      dashed,
      points: intervals.map(({ x, mean }) => ({ x, y: mean })),
      band: intervals.map(({ x, mean, half }) => ({ x, low: mean - half, high: mean + half })),
    };
  };
  const svg = await lineChart({
    title: "Regret that adds up while the adaptive strategy learns",
    x: "requests",
    y: "reward missed, added up",
    series: [
      curve("learning", (pass) => pass.learned, false),
      curve("start, never learning", (pass) => pass.frozen, true),
      curve("any model", (pass) => pass.random, true),
    ],
  });
  return writeSvg(out, "adaptive-regret", svg);
}

/** Draws the share of the model that turned bad and of all others. @returns the path of the file */
export async function drawDrift(out: string, drifted: readonly DriftPass[]): Promise<string> {
  const length = drifted[0]?.steps.length ?? 0;
  const from = drifted[0]?.from ?? 0;
  const at = placesOf(length).filter((x) => x >= SHARE_WINDOW);
  const next = drifted.map(({ steps, model }) => runnerUp(steps.slice(from), model));
  const share = (name: string, of: (pass: DriftPass, index: number, x: number) => number) => ({
    name,
    points: at.map((x) => ({
      x,
      y: drifted.reduce((sum, pass, index) => sum + of(pass, index, x), 0) / drifted.length,
    })),
  });
  const within = ({ steps }: DriftPass, x: number) => steps.slice(x - SHARE_WINDOW, x);
  const svg = await lineChart({
    title: "Share of the requests when the model used most turns bad",
    x: "requests",
    y: `share of the last ${SHARE_WINDOW} requests`,
    yFormat: ".0%",
    series: [
      share("the model that turns bad", (pass, _, x) => shareOf(within(pass, x), pass.model)),
      share("the one that takes its place", (pass, index, x) => shareOf(within(pass, x), next[index] ?? -1)),
      share(
        "trying others",
        (pass, _, x) => within(pass, x).filter(({ exploring }) => exploring).length / SHARE_WINDOW,
      ),
    ],
    marks: [{ name: "turns bad", x: from, y: 0 }],
  });
  return writeSvg(out, "adaptive-drift", svg);
}

function placesOf(length: number): number[] {
  return Array.from({ length: POINTS }, (_, index) => Math.max(1, Math.round(((index + 1) * length) / POINTS)));
}

function cumulated(values: readonly number[]): number[] {
  let sum = 0;
  return values.map((value) => (sum += value));
}

function runnerUp(steps: readonly Step[], model: number): number {
  const groups = [
    ...Map.groupBy(
      steps.filter(({ chosen }) => chosen !== model),
      ({ chosen }) => chosen,
    ),
  ];
  return groups.sort((a, b) => b[1].length - a[1].length)[0]?.[0] ?? -1;
}
