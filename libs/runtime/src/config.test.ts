import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { ConfigError, defineConfig, readConfig } from "./config.ts";
import { peersConfig } from "./peers-config.ts";
import { processConfig } from "./process-config.ts";

const definition = defineConfig({
  section: "thing",
  schema: z.strictObject({
    port: z.coerce.number().int().min(0).max(65_535).default(80),
    mode: z.enum(["fast", "slow"]).default("slow"),
    name: z.string().min(1).default("unnamed"),
    limits: z.strictObject({ rates: z.array(z.number().min(0)).default([]) }).default({ rates: [] }),
  }),
  environment: { THING_PORT: "port", THING_MODE: "mode" },
});

describe("reading the configuration", () => {
  let directory: string;
  beforeAll(() => void (directory = mkdtempSync(join(tmpdir(), "fairlead-config-"))));
  afterAll(() => rmSync(directory, { recursive: true }));

  function read(yaml: string | undefined, environment: Record<string, string> = {}) {
    const file = join(directory, "fairlead.yaml");
    if (yaml !== undefined) writeFileSync(file, yaml);
    return readConfig(definition, { ...environment, ...(yaml === undefined ? {} : { FAIRLEAD_CONFIG: file }) });
  }

  function problemOf(yaml: string | undefined, environment: Record<string, string> = {}): string {
    try {
      read(yaml, environment);
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      return (error as ConfigError).message;
    }
    throw new Error("It was accepted.");
  }

  it("has defaults where nothing is said", () => {
    expect(read(undefined)).toEqual({ port: 80, mode: "slow", name: "unnamed", limits: { rates: [] } });
  });

  it("takes YAML before defaults, and the environment before YAML, key by key", () => {
    const yaml = "thing: { port: 1, mode: fast, limits: { rates: [1, 2] } }\nother: { port: nonsense }";
    expect(read(yaml)).toEqual({ port: 1, mode: "fast", name: "unnamed", limits: { rates: [1, 2] } });
    expect(read(yaml, { THING_PORT: "2" })).toEqual({ port: 2, mode: "fast", name: "unnamed", limits: { rates: [1, 2] } });
  });

  it.each(["", "\n", "# nothing\n", "thing:\n", "other: { a: 1 }\n", "thing: {}\n", "---\n"])("has defaults where the file says %j", (yaml) => {
    expect(read(yaml)).toEqual(read(undefined));
  });

  it("takes what is left empty as not set, instead of nought", () => {
    expect(read("thing:\n  port:\n  mode: ''\n").port).toBe(80);
    expect(read("thing: { port: 1 }", { THING_PORT: "", THING_MODE: " " })).toMatchObject({ port: 1, mode: "slow" });
    expect(readConfig(definition, { FAIRLEAD_CONFIG: " " }).port).toBe(80);
  });

  it.each([
    ["a variable", undefined, { THING_PORT: "http" }, "THING_PORT: "],
    ["a variable out of bounds", undefined, { THING_PORT: "65536" }, "THING_PORT: "],
    ["a variable that is half a number", undefined, { THING_PORT: "80x" }, "THING_PORT: "],
    ["a variable that hides a right value", "thing: { port: 1 }", { THING_PORT: "-1" }, "THING_PORT: "],
    ["a word of a closed set", undefined, { THING_MODE: "quick" }, 'THING_MODE: Invalid option: expected one of "fast"|"slow"'],
    ["a key of the file", "thing: { port: many }", {}, "thing.port: "],
    ["a key deep in the file", "thing: { limits: { rates: [1, -2] } }", {}, "thing.limits.rates.1: "],
    ["a key that is not known", "thing: { prot: 1 }", {}, "thing.prot: there is no such key"],
    ["a deep key that is not known", "thing: { limits: { rate: 1 } }", {}, "thing.limits.rate: there is no such key"],
    ["a section that is no map", "thing: [1]", {}, "thing: expected a map"],
    ["a file that is no map", "- thing", {}, "FAIRLEAD_CONFIG: expected a map at the top"],
    ["a file that is no YAML", "thing: {", {}, "FAIRLEAD_CONFIG: cannot read"],
    ["a key that is there twice", "thing: { port: 1, port: 2 }", {}, "FAIRLEAD_CONFIG: cannot read"],
  ])("names %s that is wrong", (_, yaml, environment, expected) => {
    expect(problemOf(yaml, environment as Record<string, string>)).toContain(expected);
  });

  it("names a file that is not there", () => {
    expect(() => readConfig(definition, { FAIRLEAD_CONFIG: "/nowhere/fairlead.yaml" })).toThrow(/^FAIRLEAD_CONFIG: cannot read .*nowhere/);
  });

  it("names everything that is wrong at once", () => {
    const problem = problemOf("thing: { mode: none, name: '', limits: 3 }", { THING_PORT: "x" });
    for (const key of ["THING_PORT: ", "thing.mode: ", "thing.limits: "]) expect(problem).toContain(key);
  });

  it("never quotes values, which may be secret", () => {
    expect(problemOf("thing:\n  name: [\n  key: sk-secret\n")).not.toContain("sk-secret");
    expect(problemOf("thing: { mode: sk-secret }", { THING_PORT: "sk-secret" })).not.toContain("sk-secret");
  });
});

describe("the configuration of every process", () => {
  it("listens on the loopback address and exports no traces by default", () => {
    expect(readConfig(processConfig, {})).toMatchObject({ grpcHost: "127.0.0.1", grpcPort: 0, adminPort: 0, otlpEndpoint: "", logLevel: "info" });
  });

  it.each(Object.keys(processConfig.environment).filter((name) => /PORT|_MS|LEVEL/.test(name) && !name.startsWith("OTEL")))("names %s where it is wrong", (variable) => {
    expect(() => readConfig(processConfig, { [variable]: "-7 apples" })).toThrow(`${variable}: `);
  });

  it("finds its peers by variables", () => {
    expect(readConfig(peersConfig, { FAIRLEAD_ROUTER: "dns:///router:50051" }).router).toBe("dns:///router:50051");
  });
});
