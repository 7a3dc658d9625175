import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";

/** Characters that Anthropic refuses in the id of a call. */
const REFUSED = /[^a-zA-Z0-9_-]/g;

/** Ids of the calls of a conversation as Anthropic takes them: of letters, digits, _ and - alone, and each used once. */
export interface ToolUseIds {
  /** The id of a call, in the order of the conversation. */
  ofCall(id: string, path: string): string;
  /** The id of the call that a result answers: of several with the same id the oldest without a result. */
  ofResult(id: string): string;
}

interface Call {
  readonly written: string;
  answered: boolean;
}

/** No call yet. Ids that must be changed are noted. */
export function createToolUseIds(log: AdaptationLog): ToolUseIds {
  const calls = new Map<string, Call[]>();
  const taken = new Set<string>();

  function free(wanted: string): string {
    let written = wanted;
    for (let count = 2; taken.has(written); count++) written = `${wanted}_${count}`;
    taken.add(written);
    return written;
  }

  return {
    ofCall(id, path) {
      const written = free(clean(id));
      if (written !== id) log.emulated(`${path}.tool_call.id`, "Anthropic refuses such an id; the call and its result have another.");
      const call = { written, answered: false };
      const same = calls.get(id);
      if (same === undefined) calls.set(id, [call]);
      else same.push(call);
      return written;
    },
    ofResult(id) {
      const same = calls.get(id) ?? [];
      const call = same.find(({ answered }) => !answered) ?? same.at(-1);
      if (call === undefined) return clean(id);
      call.answered = true;
      return call.written;
    },
  };
}

function clean(id: string): string {
  return id.replace(REFUSED, "_") || "call";
}
