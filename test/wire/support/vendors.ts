/** A server that is that speaks the Responses API and is deployed twice. */
const TWIN = (url: string) => ({
  provider: "twin",
  baseUrl: `${url}/v1`,
  keyless: true,
  api: "responses",
  modelsFile: MODELS_FILE,
  deployments: [
    { name: "east", baseUrl: `${url}/east/v1` },
    { name: "west", baseUrl: `${url}/west/v1` },
  ],
});

/** A server that is compatible with OpenAI and known for nothing else. */
const PLAIN = (url: string) => ({ provider: "plain", baseUrl: `${url}/v1`, keyless: true, modelsFile: MODELS_FILE });

/** A server that speaks the Responses API. */
const RESPONDER = (url: string) => ({
  provider: "responder",
  baseUrl: `${url}/v1`,
  keyless: true,
  api: "responses",
  modelsFile: MODELS_FILE,
});

const MODELS_FILE = new URL("./models.yaml", import.meta.url).pathname;

/**
 * What an environment tells of every provider, so that a server of the test stands in its place.
 *
 * @param url of the server
 */
export function vendorEnvironment(url: string): Record<string, string> {
  return {
    ANTHROPIC_API_KEY: "key-of-the-test",
    ANTHROPIC_BASE_URL: url,
    OPENAI_API_KEY: "key-of-the-test",
    OPENAI_BASE_URL: `${url}/v1`,
    GEMINI_API_KEY: "key-of-the-test",
    GEMINI_BASE_URL: url,
    GROQ_API_KEY: "key-of-the-test",
    GROQ_BASE_URL: `${url}/v1`,
    COHERE_API_KEY: "key-of-the-test",
    COHERE_BASE_URL: url,
    OLLAMA_BASE_URL: url,
    OLLAMA_POLL_SECONDS: "0",
    OLLAMA_MEDIA_HOSTS: "localhost",
    MISTRAL_API_KEY: "key-of-the-test",
    MISTRAL_BASE_URL: `${url}/v1`,
    XAI_API_KEY: "key-of-the-test",
    XAI_BASE_URL: `${url}/v1`,
    AZURE_OPENAI_API_KEY: "key-of-the-test",
    AZURE_OPENAI_ENDPOINT: url,
    AZURE_OPENAI_MODEL_NAMES: "gpt-4o=prod-4o",
    OPENAI_COMPATIBLE_PROVIDERS: JSON.stringify([PLAIN(url), RESPONDER(url), TWIN(url)]),
  };
}
