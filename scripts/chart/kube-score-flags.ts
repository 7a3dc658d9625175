import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { configuration } from "./paths.ts";

const TESTS = z.record(z.string(), z.string().min(1));
const CONFIGURATION = z.strictObject({ ignored: TESTS, ignoredIn: z.record(z.string(), TESTS), optional: z.array(z.string()) });

/** kube-score reads no file, only flags; ours gives each waiver its reason. */
export function kubeScoreFlags(environment: string): string[] {
  const { ignored, ignoredIn, optional } = CONFIGURATION.parse(parse(readFileSync(configuration("kube-score.yaml"), "utf8")));
  const waived = Object.keys({ ...ignored, ...ignoredIn[environment] }).flatMap((test) => ["--ignore-test", test]);
  return ["--exit-one-on-warning", "--output-format", "ci", ...waived, ...optional.flatMap((test) => ["--enable-optional-test", test])];
}
