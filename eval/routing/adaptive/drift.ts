import { DEFAULT_LEARNING } from "@fairlead/decision/learning/learning-options";
import { median, quantile } from "simple-statistics";
import { seededRandom, shuffle } from "../seeded-random.ts";
import type { Outcomes } from "../several-models/read-outcomes.ts";
import { arrivalsOf, type ContextSource, replay, type Step } from "./replay.ts";
import type { Pass } from "./run-passes.ts";
import { percent, printLine, printTable } from "./show-figures.ts";
import { mostChosen, type Reaction, reactionOf, SHARE_WINDOW, turnBad } from "./turn-bad.ts";

/** Shares of answers that are wrong after the change; 0: nothing changes, to compare with. */
const SPOILED = [1, 0.8, 0.5, 0] as const;
/** What the chart shows. */
const SHOWN = 0.8;

/** A pass in which the model most used turned bad half-way. */
export interface DriftPass {
  readonly steps: readonly Step[];
  readonly model: number;
  readonly from: number;
}

/** Lets the model that is used most turn bad half-way through each pass and prints how soon that is met. */
export function measureDrift(
  outcomes: Outcomes,
  passes: readonly Pass[],
  contexts: ContextSource,
  qualities: readonly number[],
  seed: number,
): DriftPass[] {
  const rows: string[][] = [];
  let shown: DriftPass[] = [];
  for (const share of SPOILED) {
    const drifted = passes.map((pass, index) => runDrift(outcomes, pass, contexts, qualities, seed + index, share));
    if (share === SHOWN) shown = drifted;
    const reactions = drifted.map(({ steps, model, from }) =>
      reactionOf(steps, model, outcomes.models[model]?.name ?? "", from),
    );
    rows.push(reactionRow(share, reactions));
  }
  const half = passes[0]?.arrivals.length ?? 0;
  printLine(
    `The model used most in the ${SHARE_WINDOW} requests before turns bad at request ${Math.floor(half / 2)} of ${half}.`,
  );
  printTable(
    [
      "Answers spoiled",
      "its share before",
      "share halved after, median",
      "90 %",
      "never",
      "alarm after, median",
      "90 %",
      "of its own calls, median",
      "never",
    ],
    rows,
  );
  showFalseAlarms(passes);
  return shown;
}

/** The same draws as in the pass without a change, so that both are the same until then. */
function runDrift(
  outcomes: Outcomes,
  pass: Pass,
  contexts: ContextSource,
  qualities: readonly number[],
  seed: number,
  share: number,
): DriftPass {
  const from = Math.floor(pass.learned.length / 2);
  const model = mostChosen(pass.learned.slice(from - SHARE_WINDOW, from));
  const draw = seededRandom(seed);
  const arrivals = arrivalsOf(shuffle(outcomes.cases, draw), outcomes.models, qualities, contexts);
  const spoiled = turnBad(arrivals, model, from, share, seededRandom(seed + 1_000_000));
  return { steps: replay(spoiled, DEFAULT_LEARNING, draw), model, from };
}

function reactionRow(share: number, reactions: readonly Reaction[]): string[] {
  const known = (pick: (one: Reaction) => number | undefined) => reactions.map(pick).filter((one) => one !== undefined);
  const figures = (values: readonly number[]) =>
    values.length === 0
      ? ["", "", `${reactions.length}`]
      : [String(median([...values])), quantile([...values], 0.9).toFixed(0), `${reactions.length - values.length}`];
  const [halved = "", halvedMost = "", halvedNever = ""] = figures(known((one) => one.untilHalved));
  const [alarm = "", alarmMost = "", alarmNever = ""] = figures(known((one) => one.untilAlarm));
  const [calls = ""] = figures(known((one) => one.callsUntilAlarm));
  const before = reactions.reduce((sum, one) => sum + one.shareBefore, 0) / reactions.length;
  return [
    share === 0 ? "none" : percent(share),
    percent(before),
    halved,
    halvedMost,
    halvedNever,
    alarm,
    alarmMost,
    calls,
    alarmNever,
  ];
}

function showFalseAlarms(passes: readonly Pass[]): void {
  const alarms = passes.reduce(
    (sum, { learned }) => sum + learned.reduce((own, step) => own + step.alarms.length, 0),
    0,
  );
  const requests = passes.reduce((sum, { learned }) => sum + learned.length, 0);
  printLine(
    `Without a change: ${alarms} false alarms in ${requests} requests (${((10_000 * alarms) / requests).toFixed(2)} in 10,000).`,
  );
}
