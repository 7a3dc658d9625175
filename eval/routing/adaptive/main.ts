import { parseArgs } from "node:util";
import { InputError } from "../../read-table.ts";
import { evaluateAdaptive } from "./evaluate-adaptive.ts";

const HELP = `Replays recorded outcomes of several models as requests to the adaptive strategy.

  node eval/routing/adaptive/main.ts --outcomes FILE [options]

  --outcomes FILE   CSV with the columns model, category, id, correct, input_tokens, output_tokens, latency_s
  --models FILE     CSV with the columns model, price_in, price_out; default: models.csv beside the outcomes
  --prompts FILE    JSON lines with id, question, functions; default: prompts.jsonl beside the outcomes, if there
  --contexts NAME   table (its categories, the default) or analysis (what the product finds out by itself)
  --passes N        passes through all cases, at least 20; default 30
  --seed N          default 1
  --out DIR         folder of the charts; default eval/results
`;

const { values } = parseArgs({
  options: {
    outcomes: { type: "string" },
    models: { type: "string" },
    prompts: { type: "string" },
    contexts: { type: "string", default: "table" },
    passes: { type: "string", default: "30" },
    seed: { type: "string", default: "1" },
    out: { type: "string", default: "eval/results" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) process.stdout.write(HELP);
else await run();

async function run(): Promise<void> {
  try {
    const { outcomes, models, prompts, contexts, out } = values;
    if (outcomes === undefined) throw new InputError("--outcomes is missing; --help tells more");
    if (contexts !== "table" && contexts !== "analysis")
      throw new InputError(`--contexts: expected table or analysis, not ${contexts}`);
    const files = {
      outcomes,
      ...(models === undefined ? {} : { models }),
      ...(prompts === undefined ? {} : { prompts }),
    };
    await evaluateAdaptive({
      ...files,
      contexts,
      out,
      seed: numberOf("seed", values.seed, 0),
      passes: numberOf("passes", values.passes, 20),
    });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}

function numberOf(name: string, text: string, least: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least)
    throw new InputError(`--${name}: expected a whole number of at least ${least}, not ${text}`);
  return number;
}
