import { parseArgs } from "node:util";
import { analyzeRequest } from "@fairlead/decision/analysis/analyze-request";
import { type Pair, showPairs } from "./analysis/confusion.ts";
import { describeLabels } from "./analysis/label-names.ts";
import { measureSpeed } from "./analysis/measure-speed.ts";
import { type LabelledPrompt, readPrompts } from "./analysis/read-prompts.ts";
import { toRequest } from "./analysis/to-request.ts";
import { InputError } from "./read-table.ts";

const HELP = `Measures what the analysis finds out about prompts against what people say they are.

  --prompts FILE   .jsonl or .csv with a text in prompt, question or turn1, and labels in any of category, subcategory,
                   complexity (simple, medium, complex) and language (ISO 639-1)
  --text-only      leaves tools and images out, so that only the text can tell
  --help           this text

The subcategory counts where it is known, else the category. A column functions with an array gives tools. A prompt
labelled function_calling or multimodal without them gets a tool or an image, unless --text-only. Labels mean:
${describeLabels()}
simple, java, javascript and rest are kinds of calls only beside functions. Other labels are counted and left out.
Part of the labelled prompts of eval/samples and of the known collections taught the models of category and complexity;
figures for prompts that were left out are printed by the training command.
`;

const { values } = parseArgs({
  options: {
    prompts: { type: "string" },
    "text-only": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

try {
  if (values.help) process.stdout.write(HELP);
  else evaluate();
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}

function evaluate(): void {
  if (values.prompts === undefined) throw new InputError("--prompts FILE is missing; --help tells more");
  const { prompts, unknown } = readPrompts(values.prompts);
  console.log(
    `File ${values.prompts}: ${prompts.length} prompts. Nothing is drawn at random. ${values["text-only"] ? "Text only." : ""}`.trim(),
  );
  console.log(
    "Where the models learned from these prompts, the figures flatter; the training command prints those of prompts left out.",
  );
  for (const [label, times] of unknown) console.log(`Unknown label, left out: ${label} (${times} times)`);
  const requests = prompts.map((prompt) => toRequest(prompt, values["text-only"]));
  const found = requests.map((request) => analyzeRequest(request).analysis);
  for (const aspect of ["category", "complexity", "language"] as const) {
    const pairs = pairsOf(prompts, found, aspect);
    console.log(pairs.length === 0 ? `\nNo labels of ${aspect}.` : `\n${showPairs(titleOf(aspect), pairs)}`);
  }
  const { p50, p99, calls } = measureSpeed(requests);
  const characters = prompts.reduce((sum, { text }) => sum + text.length, 0) / prompts.length;
  console.log(
    `\nTime of one analysis: p50 ${p50.toFixed(1)} and p99 ${p99.toFixed(1)} microseconds (${calls} calls, ${characters.toFixed(0)} characters on average).`,
  );
}

function pairsOf(
  prompts: readonly LabelledPrompt[],
  found: readonly Record<"category" | "complexity" | "language", string>[],
  aspect: "category" | "complexity" | "language",
): Pair[] {
  return prompts.flatMap((prompt, index) => {
    const label = prompt[aspect];
    return label === undefined ? [] : [{ label, found: found[index]?.[aspect] ?? "" }];
  });
}

function titleOf(aspect: string): string {
  return aspect[0]?.toUpperCase() + aspect.slice(1);
}
