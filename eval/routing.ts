import { join } from "node:path";
import { parseArgs } from "node:util";
import { InputError, readRawCsv } from "./read-table.ts";
import { evaluateTwoModels } from "./routing/evaluate-two-models.ts";
import { kindOf } from "./routing/read-two-models.ts";

const HELP = `Measures routing against recorded answers. What the file holds is told by its columns:

  prompt, strong_correct, weak_correct              two models, right or wrong; domain groups the rows
  turn1, turn2, strong_score_t1, .., weak_score_t2  two models, 1 to 10 points a turn; category groups the rows
  prompt, NAME_score, OTHER_score                   two models by name, 0 to 1; dataset groups the rows
  model, id, correct, input_tokens, output_tokens, latency_s
                                                    several models; strategies are compared
Rows with contaminated = 1 are left out and counted.

  --outcomes FILE         the table (CSV)
  --prompts FILE          several models: prompts by id; default: prompts.jsonl beside the outcomes
  --models FILE           several models: prices; default: models.csv beside the outcomes
  --strategy NAME         several models: "adaptive" replays it; all others are compared with each other in any case
  --seed N                orders equal scores and draws samples; default 1
  --samples N             two models: samples for the interval; default 1000
  --strong-strength S     two models: strength of the strong one as a catalogue would state it; default 0.82
  --weak-strength S       and of the weak one; default 0.62
  --out DIR               folder of the charts; default: results beside this file
  --help                  this text
`;

const { values } = parseArgs({
  options: {
    outcomes: { type: "string" },
    prompts: { type: "string" },
    models: { type: "string" },
    strategy: { type: "string" },
    seed: { type: "string", default: "1" },
    samples: { type: "string", default: "1000" },
    "strong-strength": { type: "string", default: "0.82" },
    "weak-strength": { type: "string", default: "0.62" },
    out: { type: "string", default: join(import.meta.dirname, "results") },
    help: { type: "boolean", default: false },
  },
});

try {
  if (values.help) process.stdout.write(HELP);
  else await evaluate();
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}

async function evaluate(): Promise<void> {
  const { outcomes, out, strategy } = values;
  if (outcomes === undefined) throw new InputError("--outcomes FILE is missing; --help tells more");
  const seed = numberOf("seed", values.seed, 0, 0xffff_ffff);
  if (kindOf(outcomes, readRawCsv(outcomes).columns) === "several models") return evaluateSeveral(outcomes, seed);
  if (strategy !== undefined)
    console.log(
      `Two models: the rows are ordered by predicted difficulty, which "${strategy}" and all other strategies rest on.`,
    );
  const strengths = {
    strong: numberOf("strong-strength", values["strong-strength"], 0, 1),
    weak: numberOf("weak-strength", values["weak-strength"], 0, 1),
  };
  await evaluateTwoModels({ outcomes, seed, samples: numberOf("samples", values.samples, 1, 100_000), out, strengths });
}

async function evaluateSeveral(outcomes: string, seed: number): Promise<void> {
  const { prompts, models, out, strategy } = values;
  const files = { outcomes, ...(prompts !== undefined && { prompts }), ...(models !== undefined && { models }) };
  if (strategy === "adaptive") {
    const { evaluateAdaptive } = await import("./routing/adaptive/evaluate-adaptive.ts");
    await evaluateAdaptive({ ...files, contexts: "analysis", seed, passes: 30, out });
    return;
  }
  const { evaluateSeveralModels } = await import("./routing/several-models/evaluate-several-models.ts");
  await evaluateSeveralModels({ ...files, seed, out });
}

function numberOf(flag: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= least && value <= most))
    throw new InputError(`--${flag}: expected a number from ${least} to ${most}, not "${text}"`);
  return value;
}
