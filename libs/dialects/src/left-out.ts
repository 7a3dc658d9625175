import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { type Adaptation, AdaptationKind, type ChatResponse } from "@fairlead/contracts/chat/v1/chat_response";
import type { Part, UnknownField } from "@fairlead/contracts/chat/v1/content";

/** Losses of one answer that are told at most. */
const MAX_TOLD = 64;
const NONE: readonly Adaptation[] = [];

/** Tells the kinds of parts for which a dialect has no place. */
export type Unplaced = (content: Part["content"]) => boolean;

const ALL_PLACED: Unplaced = () => false;

/** What of a whole answer only callers of another dialect would get. */
export function leftOutOf(chat: ChatResponse | undefined, dialect: string, unplaced: Unplaced = ALL_PLACED): readonly Adaptation[] {
  if (chat === undefined) return NONE;
  const told = new Told(dialect, unplaced);
  told.fields(chat.extraFields, "");
  for (const { index, parts, extraFields } of chat.choices) {
    parts.forEach((part, position) => told.part(part, `choices[${index}].parts[${position}]`));
    told.fields(extraFields, `choices[${index}].`);
  }
  return told.entries;
}

/** Tells the same of a stream. Fields that come with several steps are told once. */
export class LeftOutSteps {
  readonly #told: Told;
  readonly #counters = new Map<number, PartCounter>();

  constructor(dialect: string, unplaced: Unplaced = ALL_PLACED) {
    this.#told = new Told(dialect, unplaced);
  }

  get entries(): readonly Adaptation[] {
    return this.#told.entries;
  }

  /** To be called with each step, in order. */
  see({ choiceIndex, step }: ChatDelta): void {
    if (step.case === "extraField") return this.#told.fields([step.value], `choices[${choiceIndex}].`);
    let counter = this.#counters.get(choiceIndex);
    if (counter === undefined) this.#counters.set(choiceIndex, (counter = new PartCounter()));
    const position = counter.at(step);
    if (step.case === "part") this.#told.part(step.value, `choices[${choiceIndex}].parts[${position}]`);
  }
}

class Told {
  readonly #dialect: string;
  readonly #unplaced: Unplaced;
  readonly #entries = new Map<string, Adaptation>();

  constructor(dialect: string, unplaced: Unplaced) {
    this.#dialect = dialect;
    this.#unplaced = unplaced;
  }

  get entries(): readonly Adaptation[] {
    return this.#entries.size === 0 ? NONE : [...this.#entries.values()];
  }

  part({ content, extraFields }: Part, path: string): void {
    if (content.case === "foreign" && content.value.dialect !== this.#dialect) {
      this.#note(`${path}.foreign`, `The answer holds a block that only ${content.value.dialect} has.`);
    } else if (this.#unplaced(content)) {
      this.#note(`${path}.${content.case}`, `There is no place for it in ${this.#dialect}.`);
    }
    this.fields(extraFields, `${path}.`);
  }

  fields(fields: readonly UnknownField[], prefix: string): void {
    for (const { dialect, name } of fields) {
      if (dialect !== this.#dialect) this.#note(`${prefix}extra_fields.${name}`, `The answer has a field that only ${dialect} has.`);
    }
  }

  #note(field: string, detail: string): void {
    if (this.#entries.has(field) || this.#entries.size >= MAX_TOLD) return;
    this.#entries.set(field, { $typeName: "fairlead.chat.v1.Adaptation", field, kind: AdaptationKind.DROPPED, detail });
  }
}

/** Tells which part of a choice the steps of a stream build, as the whole answer would number them. */
class PartCounter {
  #open: ChatDelta["step"]["case"];
  #count = 0;

  /** Index of the part that a step opens or goes on with; -1: none yet. */
  at({ case: kind }: ChatDelta["step"]): number {
    if (kind === "toolCallStarted" || kind === "part") {
      this.#count++;
      this.#open = kind;
    } else if (kind === "text" || kind === "reasoning" || kind === "refusal") {
      if (this.#open !== kind) this.#count++;
      this.#open = kind;
    } else if (kind === "reasoningSealed") {
      if (this.#open !== "reasoning") this.#count++;
      this.#open = kind;
    }
    return this.#count - 1;
  }
}
