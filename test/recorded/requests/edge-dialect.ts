import { writeSeal } from "@fairlead/dialects/reasoning-seal";
import { writeKeptAnswerId } from "@fairlead/dialects/responses/answer-id";
import { type Loose, object, objects, text } from "../json.ts";
import type { Wire } from "../wires.ts";

/** Provider whose state callers of OpenAI's dialects are given without a mark. */
const HOME = "openai";

/**
 * A recorded body as a caller of the edge writes it.
 *
 * - Mistral's own words in OpenAI's: `tool_choice: any`, a picture's address as a text, thinking as a part of the content
 * - what belongs to the provider that made it, as the mesh would have told it: marked with the provider. That is the id of an
 *   answer that it keeps, and reasoning with or without state
 */
export function inEdgeDialect(wire: Wire, body: Loose, provider: string): Loose {
  if (wire === "openai.responses") return toResponsesBody(body, provider);
  if (wire !== "openai.chat") return body;
  const { tool_choice: choice, messages } = body;
  return {
    ...body,
    ...(choice === "any" ? { tool_choice: "required" } : {}),
    ...(Array.isArray(messages) ? { messages: messages.map((message) => toMessage(object(message), provider)) } : {}),
  };
}

function toResponsesBody(body: Loose, provider: string): Loose {
  const { input, previous_response_id: previous } = body;
  const items = Array.isArray(input) ? input.map(object).map((item) => toItem(item, provider)) : input;
  return {
    ...body,
    ...(items === undefined ? {} : { input: items }),
    ...(typeof previous === "string"
      ? { previous_response_id: writeKeptAnswerId({ provider, deployment: "", id: previous }) }
      : {}),
  };
}

function toItem(item: Loose, provider: string): Loose {
  return "encrypted_content" in item ? { ...item, encrypted_content: sealed(item["encrypted_content"], provider) } : item;
}

function sealed(state: unknown, provider: string): string {
  return writeSeal(provider, Buffer.from(text(state)), HOME);
}

function toMessage(message: Loose, provider: string): Loose {
  const parts = objects(message["content"]);
  const thoughts = parts.filter(({ type }) => type === "thinking").flatMap((part) => objects(part["thinking"]));
  const thought =
    thoughts.map((part) => text(part["text"])).join("") || text(message["reasoning_content"]) || text(message["reasoning"]);
  const content = parts
    .filter(({ type }) => type !== "thinking")
    .map((part) => (typeof part["image_url"] === "string" ? { ...part, image_url: { url: part["image_url"] } } : part));
  const details = [{ type: "reasoning.text", index: 0, text: thought, signature: sealed("", provider) }];
  return {
    ...message,
    ...(Array.isArray(message["content"]) ? { content } : {}),
    ...(thought === "" ? {} : { reasoning_content: thought, reasoning_details: details }),
  };
}
