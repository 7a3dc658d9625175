import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";

const TAKEN = /^[a-zA-Z0-9_-]{1,128}$/;
const MAX_LENGTH = 128;

/** Names of tools as Anthropic takes them, and back. */
export interface ToolNames {
  /** The name for a request. */
  write(name: string): string;
  /** The caller's name, from an answer. */
  read(name: string): string;
}

/** For requests whose tools all have names that Anthropic takes. */
const UNCHANGED: ToolNames = { write: (name) => name, read: (name) => name };

/** Names for the tools of a request. Those that Anthropic refuses are changed, which is noted. */
export function createToolNames(request: ChatRequest, log: AdaptationLog): ToolNames {
  if (request.tools.every(({ name }) => TAKEN.test(name))) return { ...UNCHANGED, write: cleanName };
  const written = new Map<string, string>();
  const original = new Map<string, string>();
  const taken = new Set(request.tools.map(({ name }) => name).filter((name) => TAKEN.test(name)));
  request.tools.forEach(({ name }, index) => {
    if (TAKEN.test(name) || written.has(name)) return;
    const free = freeName(cleanName(name), taken);
    log.emulated(`tools[${index}].name`, "Anthropic refuses such a name; the tool has another there.");
    written.set(name, free);
    original.set(free, name);
  });
  return { write: (name) => written.get(name) ?? cleanName(name), read: (name) => original.get(name) ?? name };
}

function cleanName(name: string): string {
  return TAKEN.test(name) ? name : name.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, MAX_LENGTH);
}

function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let count = 2; taken.has(name); count++) name = `${wanted.slice(0, MAX_LENGTH - 5)}_${count}`;
  taken.add(name);
  return name;
}
