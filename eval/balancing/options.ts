import { parseArgs } from "node:util";
import { ALL_BALANCERS, BALANCER_NAMES } from "@fairlead/decision/balancing/algorithms/all-balancers";
import type { Balancer } from "@fairlead/decision/balancing/algorithms/balancer";
import { InputError } from "../read-table.ts";
import { WEIGHTS } from "./target-figures.ts";

/** What was asked for. */
export interface BalancingOptions {
  readonly trace: string;
  readonly targets: number;
  readonly routers: number;
  /** Parts of full load; one that the speed results in where that is given. */
  readonly utilisations: readonly number[];
  /** Undefined: as fast as the utilisations need. */
  readonly speedup: number | undefined;
  readonly balancers: readonly Balancer[];
  readonly weights: (typeof WEIGHTS)[number];
  readonly seed: number;
  readonly out: string;
}

export const HELP = `Replays a recorded trace against simulated targets with every balancing algorithm.

  pnpm eval:balancing --trace FILE [options]

  --trace FILE           Azure CSV (TIMESTAMP, ContextTokens, GeneratedTokens) or Mooncake JSON lines
  --targets N            simulated targets of unlike speed, 2 to 100 (default 8)
  --routers N            routers that balance on snapshots of their own age, 1 to 64 (default 4)
  --utilisation A,B,...  parts of full load, which is 80 % of what the targets can serve (default 0.5,1)
  --speedup X            replay so many times faster than recorded instead, whatever the load is then
  --algorithms A,B,...   only these (default all): ${BALANCER_NAMES.join(", ")}
  --weights W            announced (default), or measured: times the share by measured speed and success
  --seed N               seed of everything random (default 1)
  --out DIR              where charts are written (default eval/results)
  --help                 this text
`;

/**
 * Reads the arguments of the command.
 *
 * @returns undefined where help was asked for
 * @throws InputError naming the argument that cannot be used
 */
export function readOptions(args: readonly string[], defaultOut: string): BalancingOptions | undefined {
  const values = parse(args);
  if (values.help === true) return undefined;
  if (values.trace === undefined) throw new InputError("--trace: name a file, or see --help");
  const speedup = values.speedup === undefined ? undefined : numberOf("speedup", values.speedup, 1e-6, 1e6);
  return {
    trace: values.trace,
    targets: wholeOf("targets", values.targets ?? "8", 2, 100),
    routers: wholeOf("routers", values.routers ?? "4", 1, 64),
    utilisations: (values.utilisation ?? "0.5,1").split(",").map((text) => numberOf("utilisation", text, 0.01, 1.25)),
    speedup,
    balancers: balancersOf(values.algorithms),
    weights: weightsOf(values.weights ?? "announced"),
    seed: wholeOf("seed", values.seed ?? "1", 0, 2 ** 31 - 1),
    out: values.out ?? defaultOut,
  };
}

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      // A package manager hands on the "--" that sets its own arguments apart.
      args: args.filter((argument) => argument !== "--"),
      options: {
        trace: text,
        targets: text,
        routers: text,
        utilisation: text,
        speedup: text,
        algorithms: text,
        weights: text,
        seed: text,
        out: text,
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw new InputError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function balancersOf(names: string | undefined): readonly Balancer[] {
  if (names === undefined) return ALL_BALANCERS;
  return names.split(",").map((name) => {
    const balancer = ALL_BALANCERS.find((one) => one.name === name.trim());
    if (balancer === undefined) throw new InputError(`--algorithms: "${name}" is none of ${BALANCER_NAMES.join(", ")}`);
    return balancer;
  });
}

function weightsOf(text: string): BalancingOptions["weights"] {
  const weights = WEIGHTS.find((name) => name === text);
  if (weights === undefined) throw new InputError(`--weights: "${text}" is none of ${WEIGHTS.join(", ")}`);
  return weights;
}

function numberOf(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= least && value <= most) return value;
  throw new InputError(`--${option}: "${text}" is no number from ${least} to ${most}`);
}

function wholeOf(option: string, text: string, least: number, most: number): number {
  const value = numberOf(option, text, least, most);
  if (Number.isInteger(value)) return value;
  throw new InputError(`--${option}: "${text}" is no whole number`);
}
