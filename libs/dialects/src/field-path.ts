const PREFIXES: readonly (readonly [prefix: string, replacement: string])[] = [
  ["chat.", ""],
  ["input.", ""],
  ["context.", "fairlead."],
  ["policy.", "fairlead."],
];

/** A path as callers write it: `["messages", 0, "role"]` is `messages[0].role`. */
export function joinPath(path: readonly PropertyKey[]): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else text += text === "" ? String(step) : `.${String(step)}`;
  }
  return text;
}

/** A path of the contract in the caller's terms, as far as that is mechanical: `chat.temperature` is `temperature`. */
export function toCallerPath(contractPath: string): string {
  for (const [prefix, replacement] of PREFIXES) {
    if (contractPath.startsWith(prefix)) return replacement + contractPath.slice(prefix.length);
  }
  return contractPath;
}
