import { type JsonObject, textOf } from "../json.ts";
import { Refusal } from "../refusal.ts";
import { itemIds } from "./item-ids.ts";
import type { ResponseMemory } from "./response-memory.ts";

/** Reasoning as only the deployment that made it can read it again. */
export function encryptReasoning(thinking: string, deployment: string): string {
  return Buffer.from(JSON.stringify({ simulated: true, deployment, thinking })).toString("base64");
}

/** Refuses a reasoning item that another deployment made, or whose text is neither encrypted in it nor kept. */
export function checkReasoningItem(item: JsonObject, deployment: string, memory: ResponseMemory): Refusal | undefined {
  const encrypted = textOf(item["encrypted_content"]);
  if (encrypted !== undefined) return isReadable(encrypted, deployment) ? undefined : unverified(item);
  const id = textOf(item["id"]) ?? "";
  const response = `resp_${id.slice("rs_".length)}`;
  if (id === itemIds(response).reasoning && memory.find(response, deployment) !== undefined) return undefined;
  const message =
    `Item with id '${id.slice(0, 100)}' not found. Items are not persisted when \`store\` is set to false. ` +
    "Try again with `store` set to true, or remove this item from your input.";
  return new Refusal("invalid", message, { status: 404, param: "input" });
}

function isReadable(encrypted: string, deployment: string): boolean {
  try {
    const read = JSON.parse(Buffer.from(encrypted, "base64").toString("utf8")) as JsonObject | null;
    return read?.["simulated"] === true && read["deployment"] === deployment;
  } catch {
    return false;
  }
}

function unverified(item: JsonObject): Refusal {
  const id = (textOf(item["id"]) ?? "").slice(0, 100);
  const message =
    `The encrypted content for item ${id} could not be verified. ` +
    "Reason: Encrypted content could not be decrypted or parsed.";
  return new Refusal("invalid", message, { code: "invalid_encrypted_content" });
}
