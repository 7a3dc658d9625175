import { existsSync } from "node:fs";
import { adapterLinks } from "@fairlead/adapter-kit/run-adapter";
import { findAdapters } from "@fairlead/embedded/find-adapters";
import { readConfig as readSimulatorConfig } from "@fairlead/provider-simulator/config";
import type { ConfigDefinition } from "@fairlead/runtime/config";
import type { Links, Peer } from "@fairlead/runtime/links";
import { natsConfig } from "@fairlead/runtime/nats-config";
import { peersConfig } from "@fairlead/runtime/peers-config";
import { processConfig } from "@fairlead/runtime/process-config";
import { redisConfig } from "@fairlead/runtime/redis-config";
import { tlsConfig } from "@fairlead/runtime/tls-config";
import type { z } from "zod";

/** What a process of a service reads from its environment and connects to, taken from its own code. */
export interface ServiceDefinitions {
  readonly definitions: readonly ConfigDefinition<z.ZodObject>[];
  readonly links: Links;
}

type Environment = Readonly<Record<string, string>>;

/** What a service reads; which provider an adapter's folder serves is told by its environment. */
export async function definitionsOf(service: string, environment: Environment): Promise<ServiceDefinitions> {
  const { own, links } = service.startsWith("adapter-") ? await ofAdapter(service, environment) : await ofService(service);
  const shared = [processConfig, tlsConfig, peersConfig(links.peers ?? []), ...(links.nats === true ? [natsConfig] : []), ...(links.redis === true ? [redisConfig] : [])];
  return { definitions: [...shared, ...own] as ConfigDefinition<z.ZodObject>[], links };
}

async function ofService(service: string): Promise<{ own: ConfigDefinition<z.ZodObject>[]; links: Links }> {
  const exported = Object.entries((await import(`../../services/${service}/src/config.ts`)) as Record<string, unknown>);
  const links = exported.find(([name]) => name.endsWith("Links"))?.[1];
  if (links === undefined) throw new Error(`the configuration of ${service} declares no links`);
  return { own: exported.map(([, value]) => value).filter(isDefinition), links: links as Links };
}

async function ofAdapter(service: string, environment: Environment): Promise<{ own: ConfigDefinition<z.ZodObject>[]; links: Links }> {
  const programs = (await findAdapters(environment)).filter((one) => one.service === service).map(({ program }) => program);
  const served = programs.find(({ selectedBy = {} }) => Object.entries(selectedBy).every(([name, value]) => environment[name] === value));
  if (served === undefined) throw new Error(`${service} serves no provider with this environment`);
  const file = `../../services/${service}/src/config.ts`;
  const others = existsSync(new URL(file, import.meta.url)) ? Object.values((await import(file)) as Record<string, unknown>).filter(isDefinition) : [];
  return { own: [...new Set([...others, served.config as ConfigDefinition<z.ZodObject>])], links: adapterLinks };
}

function isDefinition(value: unknown): value is ConfigDefinition<z.ZodObject> {
  return typeof value === "object" && value !== null && "section" in value && "environment" in value;
}

/** Variables that definitions name, with those that name a file instead. */
export function variablesOfDefinitions({ definitions }: ServiceDefinitions): Set<string> {
  const named = definitions.flatMap(({ environment, secrets = [] }) =>
    Object.entries(environment).flatMap(([variable, key]) => (secrets.includes(key) ? [variable, `${variable}_FILE`] : [variable])),
  );
  return new Set(named);
}

/** The variable by which a service is told where a peer is. */
export function variableOfPeer(peer: Peer): string {
  return Object.keys(peersConfig([peer]).environment)[0] ?? "";
}

/** Whether the simulator reads a variable: another value makes another configuration, or none. */
export function simulatorReads(variable: string): boolean {
  const configurationOf = (environment: Environment) => {
    try {
      return JSON.stringify(readSimulatorConfig(environment));
    } catch {
      return "refused";
    }
  };
  return configurationOf({ [variable]: "7" }) !== configurationOf({});
}
