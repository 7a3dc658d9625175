import { toJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import type { ChatResponse } from "@fairlead/contracts/chat/v1/chat_response";
import type { Part, UnknownField } from "@fairlead/contracts/chat/v1/content";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";

/** A part in a form in which answers can be compared: all that it holds, in plain values. */
export interface PlainPart extends Record<string, unknown> {
  readonly kind: string;
  extras: Record<string, unknown>;
}

/** An answer in such a form. Fields of the answer that are not known stand with its first choice. */
export interface PlainAnswer {
  id: string;
  model: string;
  readonly choices: Record<number, PlainChoice>;
  usage: TokenUsage | undefined;
}

/** One of its choices. */
export interface PlainChoice {
  parts: PlainPart[];
  finish: string;
  raw: string;
  extras: Record<string, unknown>;
}

/** A whole answer in plain values. */
export function plainAnswer(answer: ChatResponse): PlainAnswer {
  const plain: PlainAnswer = { id: answer.id, model: answer.model, choices: {}, usage: answer.usage };
  for (const { index, parts, finishReason, rawFinishReason, extraFields } of answer.choices) {
    const extras = plainFields(index === 0 ? [...answer.extraFields, ...extraFields] : extraFields);
    plain.choices[index] = { parts: parts.map(plainPart), finish: FinishReason[finishReason] ?? "", raw: rawFinishReason, extras };
  }
  return plain;
}

/**
 * The whole answer that a stream tells, in plain values.
 *
 * @param partPrefix what names of fields of a part begin with among the steps; `type` with it opens a part anew
 */
export function gatherAnswer(deltas: readonly ChatDelta[], partPrefix: string): PlainAnswer {
  const plain: PlainAnswer = { id: "", model: "", choices: {}, usage: undefined };
  const open: Record<number, boolean> = {};
  for (const { choiceIndex, step } of deltas) {
    if (step.case === "started") Object.assign(plain, { id: step.value.id, model: step.value.model });
    else if (step.case === "usage") plain.usage = step.value;
    else if (step.case !== "adaptation") {
      const choice = (plain.choices[choiceIndex] ??= { parts: [], finish: "", raw: "", extras: {} });
      open[choiceIndex] = addStep(choice, step, open[choiceIndex] ?? false, partPrefix);
    }
  }
  for (const part of Object.values(plain.choices).flatMap(({ parts }) => parts)) {
    if (part.kind === "toolCall") part["arguments"] = readArguments(String(part["arguments"]));
  }
  return plain;
}

const UNSEALED = { signature: "", redacted: false };

/** Returns whether the last part can be continued. */
function addStep(choice: PlainChoice, step: ChatDelta["step"], open: boolean, prefix: string): boolean {
  const last = choice.parts.at(-1);
  const extend = (kind: string, key: string, text: string) => {
    if (open && last?.kind === kind) last[key] = `${String(last[key])}${text}`;
    else choice.parts.push({ kind, [key]: text, ...(kind === "reasoning" ? UNSEALED : {}), extras: {} });
    return true;
  };
  switch (step.case) {
    case "text":
    case "refusal":
      return extend(step.case, "text", step.value);
    case "reasoning":
      return extend("reasoning", "text", step.value);
    case "reasoningSealed": {
      if (!open || last?.kind !== "reasoning") choice.parts.push({ kind: "reasoning", text: "", extras: {} });
      Object.assign(choice.parts.at(-1) ?? {}, { signature: words(step.value.signature), redacted: step.value.redacted });
      return false;
    }
    case "toolCallStarted": {
      const { id, name, signature } = step.value;
      choice.parts.push({ kind: "toolCall", id, name, arguments: "", signature: words(signature), extras: {} });
      return false;
    }
    case "toolCallArguments": {
      const call = choice.parts.filter(({ kind }) => kind === "toolCall")[step.value.index];
      if (call === undefined) throw new Error("Arguments of a call that did not start.");
      call["arguments"] = `${String(call["arguments"])}${step.value.fragment}`;
      return open;
    }
    case "part":
      choice.parts.push(plainPart(step.value));
      return false;
    case "finished":
      if (choice.finish !== "") throw new Error("A choice ended twice.");
      choice.finish = FinishReason[step.value.reason] ?? "";
      choice.raw = step.value.rawReason;
      return false;
    case "extraField":
      return addField(choice, step.value, open, prefix);
    default:
      throw new Error(`Unexpected step ${String(step.case)}.`);
  }
}

function addField(choice: PlainChoice, field: UnknownField, open: boolean, prefix: string): boolean {
  const value = plainFields([field])[field.name];
  if (!field.name.startsWith(prefix)) {
    choice.extras[field.name] = value;
    return open;
  }
  const name = field.name.slice(prefix.length);
  if (name === "type") {
    choice.parts.push({ kind: String(value), text: "", extras: {} });
    return true;
  }
  let part = choice.parts.at(-1);
  if (part === undefined || (!open && part.kind !== "toolCall")) choice.parts.push((part = { kind: "text", text: "", extras: {} }));
  const known = part.extras[name];
  part.extras[name] = Array.isArray(known) && Array.isArray(value) ? [...(known as unknown[]), ...(value as unknown[])] : value;
  return open || part.kind === "text";
}

/** A part in plain values. */
export function plainPart({ content, extraFields }: Part): PlainPart {
  const extras = plainFields(extraFields);
  switch (content.case) {
    case "text":
    case "refusal":
      return { kind: content.case, text: content.value.text, extras };
    case "reasoning": {
      const { text, signature, redacted } = content.value;
      return { kind: "reasoning", text, signature: words(signature), redacted, extras };
    }
    case "toolCall": {
      const { id, name, argumentsJson, signature } = content.value;
      return { kind: "toolCall", id, name, arguments: readArguments(argumentsJson), signature: words(signature), extras };
    }
    case "foreign":
      return { kind: "foreign", dialect: content.value.dialect, value: content.value.value && toJson(ValueSchema, content.value.value), extras };
    case "image":
    case "audio":
    case "file": {
      const { location, mimeType } = content.value.source ?? { location: undefined, mimeType: "" };
      const where = location?.case === "inline" ? Buffer.from(location.value).toString("base64") : location?.value;
      return { kind: content.case, where, mimeType, extras };
    }
    default:
      throw new Error(`Unexpected part ${String(content.case)}.`);
  }
}

function plainFields(fields: readonly UnknownField[]): Record<string, unknown> {
  return Object.fromEntries(fields.map(({ name, value }) => [name, value && toJson(ValueSchema, value)]));
}

function words(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}

/** Arguments as they are meant: spaces between them say nothing. */
function readArguments(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}
