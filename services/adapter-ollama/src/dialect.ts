/** The dialect whose unknown fields reach Ollama and come from it. */
export const OLLAMA_DIALECT = "ollama.chat";
