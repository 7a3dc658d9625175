import { type ModelProfile, modelTable } from "../models/model-profile.ts";

/** What a model can do, in Ollama's words. */
type Capability = "completion" | "tools" | "vision" | "thinking" | "embedding";

interface Weights {
  readonly architecture: string;
  readonly size: string;
  readonly capabilities: readonly Capability[];
}

interface ServedModel extends Weights {
  readonly id: string;
  readonly contextTokens: number;
  readonly tokensPerSecond: number;
  readonly dimensions?: number;
}

/** The models that the simulated server has; all but those with a tag are listed as the latest. */
const SERVED: readonly ServedModel[] = [
  {
    id: "gpt-oss:120b",
    architecture: "gptoss",
    size: "116.8B",
    contextTokens: 131_072,
    tokensPerSecond: 25,
    capabilities: ["completion", "tools", "thinking"],
  },
  {
    id: "gpt-oss:20b",
    architecture: "gptoss",
    size: "20.9B",
    contextTokens: 131_072,
    tokensPerSecond: 60,
    capabilities: ["completion", "tools", "thinking"],
  },
  {
    id: "llama3.3",
    architecture: "llama",
    size: "70.6B",
    contextTokens: 131_072,
    tokensPerSecond: 15,
    capabilities: ["completion", "tools"],
  },
  {
    id: "llama3.1",
    architecture: "llama",
    size: "8.0B",
    contextTokens: 131_072,
    tokensPerSecond: 60,
    capabilities: ["completion", "tools"],
  },
  {
    id: "llama3.2",
    architecture: "llama",
    size: "3.2B",
    contextTokens: 131_072,
    tokensPerSecond: 100,
    capabilities: ["completion", "tools"],
  },
  {
    id: "llama3.2-vision",
    architecture: "mllama",
    size: "10.7B",
    contextTokens: 131_072,
    tokensPerSecond: 40,
    capabilities: ["completion", "vision"],
  },
  {
    id: "qwen3",
    architecture: "qwen3",
    size: "8.2B",
    contextTokens: 40_960,
    tokensPerSecond: 55,
    capabilities: ["completion", "tools", "thinking"],
  },
  {
    id: "qwen3:32b",
    architecture: "qwen3",
    size: "32.8B",
    contextTokens: 40_960,
    tokensPerSecond: 25,
    capabilities: ["completion", "tools", "thinking"],
  },
  {
    id: "qwen2.5-coder",
    architecture: "qwen2",
    size: "7.6B",
    contextTokens: 32_768,
    tokensPerSecond: 60,
    capabilities: ["completion", "tools"],
  },
  {
    id: "gemma3",
    architecture: "gemma3",
    size: "4.3B",
    contextTokens: 131_072,
    tokensPerSecond: 80,
    capabilities: ["completion", "vision"],
  },
  {
    id: "gemma3:27b",
    architecture: "gemma3",
    size: "27.4B",
    contextTokens: 131_072,
    tokensPerSecond: 25,
    capabilities: ["completion", "vision"],
  },
  {
    id: "mistral",
    architecture: "llama",
    size: "7.2B",
    contextTokens: 32_768,
    tokensPerSecond: 60,
    capabilities: ["completion", "tools"],
  },
  {
    id: "mistral-small",
    architecture: "llama",
    size: "23.6B",
    contextTokens: 32_768,
    tokensPerSecond: 30,
    capabilities: ["completion", "tools"],
  },
  {
    id: "phi4",
    architecture: "phi3",
    size: "14.7B",
    contextTokens: 16_384,
    tokensPerSecond: 45,
    capabilities: ["completion"],
  },
  {
    id: "deepseek-r1",
    architecture: "qwen3",
    size: "8.2B",
    contextTokens: 131_072,
    tokensPerSecond: 50,
    capabilities: ["completion", "thinking"],
  },
  {
    id: "nomic-embed-text",
    architecture: "nomic-bert",
    size: "137M",
    contextTokens: 2_048,
    tokensPerSecond: 10_000,
    capabilities: ["embedding"],
    dimensions: 768,
  },
  {
    id: "mxbai-embed-large",
    architecture: "bert",
    size: "334M",
    contextTokens: 512,
    tokensPerSecond: 10_000,
    capabilities: ["embedding"],
    dimensions: 1_024,
  },
  {
    id: "embeddinggemma",
    architecture: "gemma3",
    size: "307.58M",
    contextTokens: 2_048,
    tokensPerSecond: 10_000,
    capabilities: ["embedding"],
    dimensions: 768,
  },
];

/** When the simulated server got its models: seconds since 1970. */
const PULLED = 1_788_220_800;

const weights = new Map<string, Weights>(SERVED.map((model) => [model.id, model]));

/** The models of a simulated Ollama server; rates are typical figures, not promises. */
export const ollamaModels = modelTable(
  "ollama",
  /:latest$/,
  SERVED.map(({ id, contextTokens, tokensPerSecond, capabilities, dimensions = 0 }) => {
    const reasons = capabilities.includes("thinking");
    return {
      id,
      displayName: id,
      firstTokenMs: 400,
      tokensPerSecond,
      contextTokens,
      maxOutputTokens: contextTokens,
      reasons,
      created: PULLED,
      dimensions,
    };
  }),
);

/** Whether a model can do something. */
export function can({ id }: ModelProfile, capability: Capability): boolean {
  return weights.get(id)?.capabilities.includes(capability) === true;
}

/** True for a model that is told how much to think instead of whether. */
export function takesLevels({ id }: ModelProfile): boolean {
  return weights.get(id)?.architecture === "gptoss";
}

/** A model as /api/tags lists it. */
export function listModel(profile: ModelProfile): object {
  const name = profile.id.includes(":") ? profile.id : `${profile.id}:latest`;
  const digest = Buffer.from(name).toString("hex").padEnd(64, "0").slice(0, 64);
  return {
    name,
    model: name,
    modified_at: pulledAt(profile),
    size: 4_000_000_000,
    digest,
    details: detailsOf(profile),
  };
}

/** A model as /api/show shows it. */
export function showModel(profile: ModelProfile): object {
  const { architecture = "", capabilities = [] } = weights.get(profile.id) ?? {};
  const sizes = profile.dimensions === 0 ? {} : { [`${architecture}.embedding_length`]: profile.dimensions };
  return {
    parameters: 'stop                           "<|end|>"',
    template: "{{ .Prompt }}",
    details: detailsOf(profile),
    model_info: {
      "general.architecture": architecture,
      [`${architecture}.context_length`]: profile.contextTokens,
      ...sizes,
    },
    capabilities,
    modified_at: pulledAt(profile),
  };
}

function detailsOf({ id }: ModelProfile): object {
  const { architecture = "", size = "" } = weights.get(id) ?? {};
  return {
    parent_model: "",
    format: "gguf",
    family: architecture,
    families: [architecture],
    parameter_size: size,
    quantization_level: "Q4_K_M",
  };
}

function pulledAt({ created }: ModelProfile): string {
  return new Date(created * 1000).toISOString();
}
