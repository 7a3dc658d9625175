import { existsSync, readdirSync } from "node:fs";
import type { Links } from "@fairlead/runtime/links";
import { adapterLinks } from "@fairlead/adapter-kit/run-adapter";
import { peersConfig } from "@fairlead/runtime/peers-config";

const SERVICES = new URL("../../services/", import.meta.url);

/** What a component of the chart connects to, as its code says. */
export async function linksOf(component: string): Promise<Links> {
  if (component.startsWith("adapter-")) return adapterLinks;
  const config = new URL(`${component}/src/config.ts`, SERVICES);
  if (!existsSync(config)) throw new Error(`there is no service ${component}`);
  const module = (await import(config.href)) as Record<string, unknown>;
  const links = Object.entries(module).filter(([name]) => name.endsWith("Links"));
  if (links.length !== 1) throw new Error(`${component} says ${links.length} times what it connects to`);
  return links[0]?.[1] as Links;
}

/** Every service that says what it connects to. */
export async function linkedServices(): Promise<string[]> {
  const names = readdirSync(SERVICES).filter((name) => existsSync(new URL(`${name}/src/config.ts`, SERVICES)));
  const found = await Promise.all(names.map(async (name) => ((await linksOf(name).catch(() => undefined)) === undefined ? [] : [name])));
  return found.flat().filter((name) => !name.startsWith("adapter-"));
}

/** The edges that the code of some components needs: "caller -> callee". */
export async function edgesOfCode(components: readonly string[]): Promise<string[]> {
  const adapters = components.filter((name) => name.startsWith("adapter-"));
  const edges = components.map(async (component) => {
    const { peers = [], adapters: callsAdapters = false, nats = false, redis = false } = await linksOf(component);
    const callees = [...peers.map(folderOf), ...(callsAdapters ? adapters : []), ...(nats ? ["nats"] : []), ...(redis ? ["redis"] : [])];
    return callees.map((callee) => `${component} -> ${callee}`);
  });
  return (await Promise.all(edges)).flat().sort();
}

/** The variables by which a component is told of its peers. */
export async function peerVariables(component: string): Promise<string[]> {
  const { peers = [] } = await linksOf(component);
  return Object.keys(peersConfig(peers).environment).sort();
}

/** Peers are named with humps in the configuration, services with dashes. */
function folderOf(peer: string): string {
  return peer.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
