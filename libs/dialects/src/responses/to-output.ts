import type { Choice } from "@fairlead/contracts/chat/v1/chat_response";
import type { Part, ReasoningPart, ToolCallPart } from "@fairlead/contracts/chat/v1/content";
import { type Fields, ownBlock, ownFields } from "../own-fields.ts";
import type { AnswerNames } from "./answer-names.ts";
import { OPENAI_RESPONSES } from "./dialect.ts";
import {
  callDraft,
  type ContentBody,
  imageDraft,
  type ItemDraft,
  messageDraft,
  type OutputItem,
  reasoningDraft,
  reasoningSeal,
  refusalContent,
  splitFields,
  textContent,
  withId,
  withReasoningId,
} from "./output-item.ts";

/** What the items of an answer are made by. */
export interface OutputSettings {
  readonly names: AnswerNames;
  /** Who answers. */
  readonly provider: string;
  /** True when the answer was cut off, which its last item tells as well. */
  readonly incomplete: boolean;
}

const NO_FIELDS: Fields = {};

/** The items of an answer. Words in a row are one message. What has no place is left out. */
export function toOutput({ parts }: Choice, settings: OutputSettings): OutputItem[] {
  const gatherer = new OutputGatherer(settings);
  for (const part of parts) gatherer.take(part);
  return gatherer.finish();
}

class OutputGatherer {
  readonly #settings: OutputSettings;
  readonly #items: OutputItem[] = [];
  #content: ContentBody[] = [];
  #message: Fields = NO_FIELDS;

  constructor(settings: OutputSettings) {
    this.#settings = settings;
  }

  take({ content, extraFields }: Part): void {
    const fields = ownFields(extraFields, OPENAI_RESPONSES);
    switch (content.case) {
      case "text":
        return this.#say(fields, (own) => textContent(content.value.text, own));
      case "refusal":
        return this.#say(fields, (own) => refusalContent(content.value.text, own));
      case "audio":
        if (content.value.transcript !== "") this.#content.push(textContent(content.value.transcript, NO_FIELDS));
        return;
      case "reasoning":
        return this.#reasoning(content.value);
      case "toolCall":
        return this.#call(content.value, fields);
      case "image":
        return this.#whole(imageDraft(content.value), "ig");
      case "foreign":
        return this.#whole(ownBlock(content.value, OPENAI_RESPONSES), "item");
      default:
        return;
    }
  }

  finish(): OutputItem[] {
    const status = this.#settings.incomplete ? "incomplete" : "completed";
    this.#endMessage(status);
    const last = this.#items.at(-1);
    if (last?.["type"] === "function_call") this.#items[this.#items.length - 1] = { ...last, status };
    return this.#items;
  }

  /** Fields of the message begin a new one. */
  #say(fields: Fields, toContent: (fields: Fields) => ContentBody): void {
    const { message, part } = splitFields(fields);
    if (Object.keys(message).length > 0) {
      this.#endMessage("completed");
      this.#message = message;
    }
    this.#content.push(toContent(part));
  }

  #reasoning(reasoning: ReasoningPart): void {
    const { names, provider } = this.#settings;
    const seal = reasoningSeal(reasoning.text, reasoning, provider, names);
    if (reasoning.text === "" && seal === "" && reasoning.id === "") return;
    this.#endMessage("completed");
    this.#items.push(withReasoningId(reasoningDraft(reasoning.text, seal), reasoning.id, this.#items.length, names));
  }

  #call(call: ToolCallPart, fields: Fields): void {
    this.#endMessage("completed");
    const { items } = this.#settings.names;
    const position = this.#items.length;
    const callId = call.id === "" ? items.plain("call", position) : call.id;
    this.#items.push(withId(callDraft(call, callId, call.argumentsJson || "{}", "completed", fields), "fc", position, items));
  }

  #whole(draft: ItemDraft | undefined, prefix: string): void {
    if (draft === undefined) return;
    this.#endMessage("completed");
    this.#items.push(withId(draft, prefix, this.#items.length, this.#settings.names.items));
  }

  #endMessage(status: "completed" | "incomplete"): void {
    if (this.#content.length === 0) return;
    const draft = messageDraft(this.#content, status, this.#message);
    this.#items.push({ ...draft, id: this.#settings.names.items.holding("msg", this.#items.length, draft) });
    this.#content = [];
    this.#message = NO_FIELDS;
  }
}
