import { create } from "@bufbuild/protobuf";
import { ChatRequestSchema } from "@fairlead/contracts/chat/v1/chat_request";
import { Role } from "@fairlead/contracts/chat/v1/message";
import type { Analysis } from "@fairlead/contracts/routing/v1/decision";
import { analyzeRequest } from "@fairlead/decision/analysis/analyze-request";

/** Analyses a question and the functions that come with it, as the router does with a request. */
export function analyzePrompt(question: unknown, functions: unknown): Analysis {
  const tools = (
    Array.isArray(functions) ? functions : functions === undefined || functions === null ? [] : [functions]
  ).map(toTool);
  const text = typeof question === "string" ? question : JSON.stringify(question ?? "");
  const parts = [{ content: { case: "text" as const, value: { text } } }];
  return analyzeRequest(create(ChatRequestSchema, { model: "auto", messages: [{ role: Role.USER, parts }], tools }))
    .analysis;
}

function toTool(entry: unknown) {
  const {
    name = "",
    description = "",
    parameters = {},
  } = (typeof entry === "object" && entry !== null ? entry : {}) as Record<string, unknown>;
  return { name: String(name), description: String(description), parametersJson: JSON.stringify(parameters) };
}
