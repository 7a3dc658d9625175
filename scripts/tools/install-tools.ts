import { buildGoTools } from "./build-go-tools.ts";
import { installWheel } from "./install-wheel.ts";
import { readPins } from "./read-pins.ts";
import type { GoToolPin, WheelPin } from "./read-pins.ts";

/**
 * Makes sure that programs of tools.yaml are in the cache. The first time takes minutes, later ones milliseconds.
 *
 * @returns path of each binary by name
 * @throws Error naming a program that tools.yaml does not know, or when one cannot be built
 */
export function installTools<Name extends string>(names: readonly Name[]): Readonly<Record<Name, string>> {
  const pins = readPins();
  const chosen = names.map((name) => [name, find(pins.tools, name)] as const);
  const paths = new Map<string, string>();
  for (const [module, pin] of Object.entries(pins.modules)) {
    const tools = chosen.filter((entry): entry is [Name, GoToolPin] => "module" in entry[1] && entry[1].module === module);
    for (const [name, path] of buildGoTools(module, pin, new Map(tools))) paths.set(name, path);
  }
  for (const [name, pin] of chosen) if ("wheel" in pin) paths.set(name, installWheel(name, pin));
  return Object.fromEntries(names.map((name) => [name, paths.get(name)])) as Record<Name, string>;
}

function find(tools: Readonly<Record<string, GoToolPin | WheelPin>>, name: string): GoToolPin | WheelPin {
  const tool = tools[name];
  if (tool === undefined) throw new Error(`tools.yaml knows no ${name}; it knows ${Object.keys(tools).join(", ")}`);
  return tool;
}
