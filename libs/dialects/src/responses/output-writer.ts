import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import type { Part, ReasoningPart, UnknownField } from "@fairlead/contracts/chat/v1/content";
import { ownBlock, ownField, ownFields } from "../own-fields.ts";
import type { AnswerNames } from "./answer-names.ts";
import { OPENAI_RESPONSES, PART_FIELD } from "./dialect.ts";
import type { EventSequence } from "./event-sequence.ts";
import { OpenItems } from "./open-items.ts";
import {
  imageDraft,
  type ItemDraft,
  type OutputItem,
  reasoningDraft,
  reasoningSeal,
  type ReasoningState,
  withId,
  withReasoningId,
} from "./output-item.ts";

/** Writes the steps of a streamed answer as events of its items. What has no place is left out. */
export class OutputWriter {
  readonly #names: AnswerNames;
  readonly #items: OpenItems;
  /** Calls that came whole count on from those that came in pieces. */
  #calls = 0;

  constructor(sequence: EventSequence, names: AnswerNames) {
    this.#names = names;
    this.#items = new OpenItems(sequence, names);
  }

  /** The items, once all are done. */
  get items(): readonly OutputItem[] {
    return this.#items.done;
  }

  /** The events of a step. @param provider who answers, as far as known */
  write(step: ChatDelta["step"], provider: string): string {
    this.#items.provider = provider;
    return this.#step(step, provider);
  }

  /** Ends what is open; the last item tells whether the answer was cut off. @param provider who answered */
  finish(status: "completed" | "incomplete", provider: string): string {
    this.#items.provider = provider;
    return this.#items.finish(status);
  }

  #step(step: ChatDelta["step"], provider: string): string {
    switch (step.case) {
      case "text":
        return step.value === "" ? "" : this.#items.toMessage((message) => message.text(step.value));
      case "refusal":
        return step.value === "" ? "" : this.#items.toMessage((message) => message.refusal(step.value));
      case "reasoning":
        return step.value === "" ? "" : this.#items.toReasoning((reasoning) => reasoning.more(step.value));
      case "reasoningSealed":
        return this.#seal({ ...step.value, provider: "" }, provider);
      case "toolCallStarted":
        this.#calls = Math.max(this.#calls, step.value.index + 1);
        return this.#items.startCall(step.value.index, step.value);
      case "toolCallArguments":
        return this.#items.fragment(step.value.index, step.value.fragment);
      case "part":
        return this.#part(step.value, provider);
      case "extraField":
        return this.#field(step.value);
      default:
        return "";
    }
  }

  #part(part: Part, provider: string): string {
    const events = this.#content(part, provider);
    const fields = Object.entries(ownFields(part.extraFields, OPENAI_RESPONSES));
    return events + fields.map(([name, value]) => this.#items.field(name, value)).join("");
  }

  #content({ content }: Part, provider: string): string {
    switch (content.case) {
      case "text":
        return this.#items.toMessage((message) => message.text(content.value.text));
      case "refusal":
        return this.#items.toMessage((message) => message.refusal(content.value.text));
      case "audio":
        return content.value.transcript === "" ? "" : this.#items.toMessage((message) => message.text(content.value.transcript));
      case "reasoning":
        return this.#reasoning(content.value, provider);
      case "toolCall": {
        const index = this.#calls++;
        return this.#items.startCall(index, content.value) + this.#items.fragment(index, content.value.argumentsJson);
      }
      case "image":
        return this.#whole(imageDraft(content.value), "ig");
      case "foreign":
        return this.#whole(ownBlock(content.value, OPENAI_RESPONSES), "item");
      default:
        return "";
    }
  }

  /** Hidden reasoning is an item as soon as it can be told whole. */
  #seal(state: ReasoningState, provider: string): string {
    const tellable = provider !== "" || !this.#names.sealed;
    return this.#items.thinks || !tellable ? this.#items.seal(state) : this.#reasoning({ ...state, text: "" }, provider);
  }

  #reasoning(reasoning: ReasoningState & Pick<ReasoningPart, "text">, provider: string): string {
    const seal = reasoningSeal(reasoning.text, reasoning, provider, this.#names);
    if (reasoning.text === "" && seal === "" && reasoning.id === "") return "";
    const draft = reasoningDraft(reasoning.text, seal);
    return this.#items.whole((position) => withReasoningId(draft, reasoning.id, position, this.#names));
  }

  #whole(draft: ItemDraft | undefined, prefix: string): string {
    if (draft === undefined) return "";
    return this.#items.whole((position) => withId(draft, prefix, position, this.#names.items));
  }

  #field(field: UnknownField): string {
    const value = field.name.startsWith(PART_FIELD) ? ownField(field, OPENAI_RESPONSES) : undefined;
    return value === undefined ? "" : this.#items.field(field.name.slice(PART_FIELD.length), value);
  }
}
