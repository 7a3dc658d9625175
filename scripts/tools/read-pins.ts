import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";

const MODULE = z.strictObject({
  /** Build tags. */
  tags: z.array(z.string()).default([]),
  /** String variables that the linker sets, by their full name. */
  stamps: z.record(z.string(), z.string()).default({}),
  /** Whether paths of sources are left out of the binary. */
  trimPath: z.boolean().default(true),
});

const GO_TOOL = z.strictObject({ module: z.string(), package: z.string() });
const WHEEL = z.strictObject({ wheel: z.string(), version: z.string(), sha256: z.array(z.string().length(64)).min(1) });
const SOURCE = z.strictObject({ module: z.string(), version: z.string(), sum: z.string().startsWith("h1:"), files: z.string() });

const PINS = z.strictObject({
  modules: z.record(z.string(), MODULE),
  tools: z.record(z.string(), z.union([GO_TOOL, WHEEL])),
  schemas: z.strictObject({ kubernetes: SOURCE, definitions: z.record(z.string(), SOURCE) }),
  files: z.record(z.string(), SOURCE),
});

/** How the packages of one go.mod are built. */
export type ModulePin = z.infer<typeof MODULE>;
/** A program that is built from a Go package. */
export type GoToolPin = z.infer<typeof GO_TOOL>;
/** A program that comes ready in a Python wheel. */
export type WheelPin = z.infer<typeof WHEEL>;
/** Files that are read from a Go module: `files` is one path or a pattern in it. */
export type SourcePin = z.infer<typeof SOURCE>;
/** Everything in tools.yaml. */
export type Pins = z.infer<typeof PINS>;

/** @throws ZodError naming what is wrong in tools.yaml */
export function readPins(): Pins {
  return PINS.parse(parse(readFileSync(new URL("tools.yaml", import.meta.url), "utf8")));
}
