import { parseArgs } from "node:util";
import { cataloguePrice, DEFAULT_MODEL, givenPrice } from "./forecast/choose-price.ts";
import { evaluateForecast } from "./forecast/evaluate-forecast.ts";
import { InputError } from "./read-table.ts";

const HELP = `Replays recorded traffic at a model's prices and shows how well its spend was forecast on the way.

  node eval/forecast.ts --trace FILE [options]

  --trace FILE           CSV with the columns TIMESTAMP, ContextTokens, GeneratedTokens, or JSON lines with timestamp
                         (milliseconds), input_length and output_length
  --model NAME           provider/model of the catalogue whose price holds; default ${DEFAULT_MODEL}
  --input-price USD      dollars for a million tokens of input, in place of a model; needs --output-price
  --output-price USD     dollars for a million tokens of output
  --window LENGTH        main window: auto (the whole trace, the default), or such as 15m, 30m, 1h
  --out DIR              folder of the charts; default eval/results
`;

try {
  const { values } = parseArgs({
    options: {
      trace: { type: "string" },
      model: { type: "string" },
      "input-price": { type: "string" },
      "output-price": { type: "string" },
      window: { type: "string", default: "auto" },
      out: { type: "string", default: "eval/results" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) process.stdout.write(HELP);
  else if (values.trace === undefined) throw new InputError("--trace is missing; --help tells more");
  else {
    const windowMs = readLength(values.window);
    const { trace, out } = values;
    await evaluateForecast({
      trace,
      out,
      windowMs,
      ...choosePrice(values.model, values["input-price"], values["output-price"]),
    });
  }
} catch (error) {
  if (!(error instanceof InputError) && !isUsageError(error)) throw error;
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}

function choosePrice(model: string | undefined, input: string | undefined, output: string | undefined) {
  if (input === undefined && output === undefined) {
    const name = model ?? DEFAULT_MODEL;
    return { price: cataloguePrice(name, Date.now()), priceName: name };
  }
  if (model !== undefined) throw new InputError("--model: give either a model or prices");
  if (input === undefined || output === undefined) throw new InputError("--input-price and --output-price go together");
  return { price: givenPrice(input, output), priceName: "given" };
}

/** Milliseconds; undefined: the whole trace. */
function readLength(text: string): number | undefined {
  if (text === "auto") return undefined;
  const match = /^([1-9]\d{0,5})(m|h)$/.exec(text);
  if (match === null) throw new InputError(`--window: expected auto, or a length such as 15m or 1h, not ${text}`);
  return Number(match[1]) * (match[2] === "h" ? 3_600_000 : 60_000);
}

function isUsageError(error: unknown): boolean {
  return error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}
