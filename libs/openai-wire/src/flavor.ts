import type { JsonObject } from "@fairlead/adapter-kit/json";

/** What of OpenAI's API a server speaks, and where it writes it otherwise. Data only: no branch by name. */
export interface Flavor {
  /** How explanations name the server, for example Groq. */
  readonly name: string;
  /** Provider id; reasoning state of another is not sent. */
  readonly provider: string;
  /** Field that bounds the answer. */
  readonly maxTokensField: "max_completion_tokens" | "max_tokens";
  /** Role of a developer's instructions. */
  readonly developerRole: "developer" | "system";
  /** False where messages may not name who speaks. */
  readonly messageNames: boolean;
  /** Word that makes the model use some tool. */
  readonly requiredToolChoice: "required" | "any";
  /** False where `parallel_tool_calls` is refused. */
  readonly parallelToolCalls: boolean;
  /** False where `strict` of a tool is refused. */
  readonly strictTools: boolean;
  /** What forms of an answer can be asked for; a form that cannot is emulated by the next one and an instruction. */
  readonly responseFormat: "json_schema" | "json_object" | "none";
  /** Sampling fields that the server takes, in the contract's names, which are also its own. */
  readonly sampling: ReadonlySet<SamplingField>;
  /** Highest temperature that the server takes. */
  readonly maxTemperature: number;
  /** Field of the seed. Undefined: none. */
  readonly seedField: "seed" | "random_seed" | undefined;
  /** Stop sequences at most. */
  readonly maxStops: number;
  /** False where only one answer can be asked for. */
  readonly manyChoices: boolean;
  /** False where `stream_options` is refused; usage then comes by itself or is estimated. */
  readonly streamUsage: boolean;
  /** False where streams may end without `[DONE]`: complete is then a whole body in which every choice told why it ended. */
  readonly doneMarker: boolean;
  /** Field that names the end user. Undefined: none. */
  readonly endUserField: "safety_identifier" | "user" | undefined;
  /** How the effort of reasoning is written. */
  readonly reasoningControl: ReasoningControlForm;
  /** How an assistant turn gives reasoning back. Undefined: reasoning is left out. */
  readonly reasoningBack: ReasoningBackForm | undefined;
  /** Forms in which a user's message holds media. */
  readonly media: ReadonlySet<MediaForm>;
  /** Mark of the prompt cache. Undefined: the server caches by itself or not at all. */
  readonly cacheMarkers: "cache_control" | "prompt_cache_breakpoint" | undefined;
  /** What requests for vectors take. */
  readonly embeddings: EmbeddingFlavor;
  /** Changes to a finished body that no other field tells, such as another shape of images. */
  readonly finish?: (body: JsonObject) => JsonObject;
}

export type SamplingField = "temperature" | "top_p" | "top_k" | "frequency_penalty" | "presence_penalty";

export type MediaForm = "image_url" | "input_audio" | "file";

/**
 * - `effort`: `reasoning_effort`
 * - `effort_object`: `reasoning: {effort, max_tokens}`
 * - `thinking_switch`: `thinking: {type: enabled | disabled}`
 * - `none`: not at all
 */
export type ReasoningControlForm = "effort" | "effort_object" | "thinking_switch" | "none";

/**
 * - `reasoning_content`, `reasoning`: a text beside the content
 * - `reasoning_details`: OpenRouter's list, which also holds signatures
 * - `thinking`: Mistral's parts of the content
 */
export type ReasoningBackForm = "reasoning_content" | "reasoning" | "reasoning_details" | "thinking";

/** What requests for vectors take. */
export interface EmbeddingFlavor {
  /** Field of the vectors' length. Undefined: none. */
  readonly dimensionsField: "dimensions" | "output_dimension" | undefined;
  /** True where vectors can be had as base64, which is a third of the bytes. */
  readonly base64: boolean;
  /** True where tokens are taken in place of texts. */
  readonly tokenLists: boolean;
  /** True where `user` is taken. */
  readonly endUser: boolean;
}

/** OpenAI itself. */
export const OPENAI_FLAVOR: Flavor = {
  name: "OpenAI",
  provider: "openai",
  maxTokensField: "max_completion_tokens",
  developerRole: "developer",
  messageNames: true,
  requiredToolChoice: "required",
  parallelToolCalls: true,
  strictTools: true,
  responseFormat: "json_schema",
  sampling: new Set<SamplingField>(["temperature", "top_p", "frequency_penalty", "presence_penalty"]),
  maxTemperature: 2,
  seedField: "seed",
  maxStops: 4,
  manyChoices: true,
  streamUsage: true,
  doneMarker: true,
  endUserField: "safety_identifier",
  reasoningControl: "effort",
  reasoningBack: undefined,
  media: new Set<MediaForm>(["image_url", "input_audio", "file"]),
  cacheMarkers: "prompt_cache_breakpoint",
  embeddings: { dimensionsField: "dimensions", base64: true, tokenLists: true, endUser: true },
};
