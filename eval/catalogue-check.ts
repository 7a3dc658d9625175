import { parseArgs } from "node:util";
import { checkCatalogue } from "./catalogue/check-catalogue.ts";
import { InputError } from "./read-table.ts";

const HELP = `Compares the prices of every adapter's models.yaml with public price lists.

  node eval/catalogue-check.ts --prices FILE [options]

  --prices FILE    CSV with the columns source, provider, model, input_usd_per_mtok, output_usd_per_mtok,
                   cache_read_usd_per_mtok, cache_write_usd_per_mtok: dollars for a million tokens, empty where not said
  --at DATE        day whose prices of ours are compared, such as 2026-01-31; default today
  --waivers FILE   YAML list of known differences: model (provider/model), bucket (input, output, cache_read or
                   cache_write), source where only that list differs, and reason; default eval/catalogue-waivers.yaml

Providers are called differently in the lists: gemini and vertex_ai-language-models are google. A model is matched by its
id and its aliases. A bucket that models.yaml leaves out is billed, and so compared, as input.

Ends with 0 when every difference has a waiver, with 1 when one has none, with 2 when a file cannot be used.
`;

try {
  const { values } = parseArgs({
    options: {
      prices: { type: "string" },
      at: { type: "string" },
      waivers: { type: "string", default: "eval/catalogue-waivers.yaml" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) process.stdout.write(HELP);
  else if (values.prices === undefined) throw new InputError("--prices is missing; --help tells more");
  else {
    const unexplained = checkCatalogue({ prices: values.prices, atMs: readDate(values.at), waivers: values.waivers });
    process.exitCode = unexplained === 0 ? 0 : 1;
  }
} catch (error) {
  if (!(error instanceof InputError) && !isUsageError(error)) throw error;
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}

function readDate(text: string | undefined): number {
  if (text === undefined) return Date.now();
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T23:59:59Z`) : Number.NaN;
  if (Number.isNaN(day)) throw new InputError(`--at: expected a day such as 2026-01-31, not ${text}`);
  return day;
}

function isUsageError(error: unknown): boolean {
  return error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}
