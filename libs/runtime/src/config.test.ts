import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { ConfigError, defineConfig, readConfig } from "./config.ts";
import { natsConfig } from "./nats-config.ts";
import { peersConfig } from "./peers-config.ts";
import { processConfig } from "./process-config.ts";
import { redisConfig } from "./redis-config.ts";
import { tlsConfig } from "./tls-config.ts";

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

  it("finds the peers that it calls by variables, and looks at no others", () => {
    const environment = { FAIRLEAD_ROUTER: "dns:///router:50051", FAIRLEAD_LOAD_BALANCER: "dns:///load-balancer:50051" };
    expect(readConfig(peersConfig(["router"]), environment)).toMatchObject({ router: "dns:///router:50051", loadBalancer: "127.0.0.1:50053" });
  });

  it.each([
    ["redis://:secret@redis:6379/1", "redis://:secret@redis:6379/1"],
    ["rediss://redis", "rediss://redis"],
  ])("takes %s for Redis", (url, expected) => {
    expect(readConfig(redisConfig, { FAIRLEAD_REDIS_URL: url }).url).toBe(expected);
  });

  it.each(["redis", "http://redis:6379", "redis://"])("does not take %s for Redis", (url) => {
    expect(() => readConfig(redisConfig, { FAIRLEAD_REDIS_URL: url })).toThrow("FAIRLEAD_REDIS_URL: expected redis:// or rediss:// with a host");
  });

  it.each([
    ["nats://nats:4222", { servers: ["nats:4222"], tls: false }],
    ["nats, nats://two:4333", { servers: ["nats:4222", "two:4333"], tls: false }],
    ["tls://nats", { servers: ["nats:4222"], tls: true }],
    ["nats://mesh:123%40@nats", { servers: ["nats:4222"], tls: false, user: "mesh", password: "123@" }],
    ["nats://mesh:12@one,nats://mesh:12@two,nats://three", { servers: ["one:4222", "two:4222", "three:4222"], tls: false, user: "mesh", password: "12" }],
    ["nats://t0ken@nats", { servers: ["nats:4222"], tls: false, token: "t0ken" }],
    ["nats://[::1]:4222", { servers: ["[::1]:4222"], tls: false }],
  ])("takes %s for NATS apart", (url, expected) => {
    expect(readConfig(natsConfig, { FAIRLEAD_NATS_URL: url }).url).toEqual(expected);
  });

  it.each(["http://nats", "nats://", "nats://nats:port", "nats://a:1@one,nats://a:2@two", ","])("does not take %s for NATS", (url) => {
    expect(() => readConfig(natsConfig, { FAIRLEAD_NATS_URL: url })).toThrow("FAIRLEAD_NATS_URL: expected");
  });

  it.each(["FAIRLEAD_TLS_CERT_FILE", "FAIRLEAD_TLS_KEY_FILE", "FAIRLEAD_TLS_CA_FILE"])("wants all files of TLS or none, and names %s where it is missing", (missing) => {
    const all = { FAIRLEAD_TLS_CERT_FILE: "/tls.crt", FAIRLEAD_TLS_KEY_FILE: "/tls.key", FAIRLEAD_TLS_CA_FILE: "/ca.crt" };
    expect(readConfig(tlsConfig, all)).toEqual({ certFile: "/tls.crt", keyFile: "/tls.key", caFile: "/ca.crt" });
    expect(readConfig(tlsConfig, {})).toEqual({ certFile: "", keyFile: "", caFile: "" });
    expect(() => readConfig(tlsConfig, { ...all, [missing]: "" })).toThrow(`${missing} is missing`);
  });

  it("is named after its pod, or by itself", () => {
    expect(readConfig(processConfig, { FAIRLEAD_INSTANCE: "fairlead-router-5f9-x2" }).instance).toBe("fairlead-router-5f9-x2");
    expect(() => readConfig(processConfig, { FAIRLEAD_INSTANCE: "two words" })).toThrow("FAIRLEAD_INSTANCE: ");
  });
});

describe("a secret in a file", () => {
  const secret = defineConfig({ section: "thing", schema: z.strictObject({ key: z.string().max(9).default("none"), other: z.string().default("") }), environment: { THING_KEY: "key", THING_OTHER: "other" }, secrets: ["key"] });
  let directory: string;
  beforeAll(() => void (directory = mkdtempSync(join(tmpdir(), "fairlead-secret-"))));
  afterAll(() => rmSync(directory, { recursive: true }));

  function inFile(text: string): string {
    const file = join(directory, "key");
    writeFileSync(file, text);
    return file;
  }

  it("is read instead of the variable", () => {
    expect(readConfig(secret, { THING_KEY_FILE: inFile("s3cret\n") }).key).toBe("s3cret");
    expect(readConfig(secret, { THING_KEY: "plain", THING_KEY_FILE: "" }).key).toBe("plain");
  });

  it("is named where it is wrong, and not quoted", () => {
    const read = (environment: Record<string, string>) => () => readConfig(secret, environment);
    expect(read({ THING_KEY_FILE: inFile("much-too-long") })).toThrow(/^Configuration: THING_KEY_FILE: (?!.*much)/);
    expect(read({ THING_KEY_FILE: inFile(" \n") })).toThrow("THING_KEY_FILE: ");
    expect(read({ THING_KEY_FILE: join(directory, "absent") })).toThrow(/THING_KEY_FILE: cannot read .* ENOENT/);
    expect(read({ THING_KEY: "plain", THING_KEY_FILE: inFile("s3cret") })).toThrow("THING_KEY_FILE: THING_KEY is set as well");
  });

  it("is looked for only where it may be", () => {
    expect(readConfig(secret, { THING_OTHER_FILE: inFile("s3cret") }).other).toBe("");
  });
});
