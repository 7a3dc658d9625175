import { message } from "./support/anthropic-wire.ts";
import { askWhole, failureOf } from "./support/ask-vendor.ts";
import { asked } from "./support/asked.ts";
import { json } from "./support/fixtures.ts";
import { openVendor } from "./support/open-vendor.ts";
import type { Edge, WireMesh } from "./support/start-wire-mesh.ts";

type Headers = Readonly<Record<string, string>>;

const LIMITED = { error: { message: "Too many requests.", type: "requests", code: "rate_limit_exceeded" } };
const says = (words: string) => ({ error: { ...LIMITED.error, message: words } });
const retryInfo = {
  error: {
    code: 429,
    status: "RESOURCE_EXHAUSTED",
    message: "No.",
    details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "17.5s" }],
  },
};

const HINTS: readonly (readonly [
  what: string,
  provider: string,
  model: string,
  headers: Headers,
  body: unknown,
  waitMs: number,
])[] = [
  ["retry-after in seconds", "openai", "gpt-4o-mini", { "retry-after": "7" }, LIMITED, 7_000],
  ["retry-after in parts of a second", "openai", "gpt-4o-mini", { "retry-after": "0.5" }, LIMITED, 500],
  ["retry-after-ms", "openai", "gpt-4o-mini", { "retry-after-ms": "1250", "retry-after": "2" }, LIMITED, 1_250],
  ["Google's RetryInfo", "google", "gemini-2.5-flash", {}, retryInfo, 17_500],
  [
    "a wait in the words of OpenAI",
    "openai",
    "gpt-4o-mini",
    {},
    says("Rate limit reached. Please try again in 1m2.5s. Visit the site to learn more."),
    62_500,
  ],
  [
    "a wait in milliseconds in the words of OpenAI",
    "openai",
    "gpt-4o-mini",
    {},
    says("Rate limit reached. Please try again in 174ms."),
    174,
  ],
  [
    "a wait in the words of Groq",
    "groq",
    "openai/gpt-oss-20b",
    {},
    says("Rate limit reached for model. Please try again in 7.66s. Need more tokens?"),
    7_660,
  ],
  [
    "a wait in the words of Azure",
    "azure",
    "gpt-4o",
    {},
    { error: { code: "429", message: "Requests have exceeded the limit. Please retry after 20 seconds." } },
    20_000,
  ],
  [
    "the window of requests that is used up",
    "groq",
    "openai/gpt-oss-20b",
    {
      "x-ratelimit-remaining-requests": "0",
      "x-ratelimit-reset-requests": "2m59.56s",
      "x-ratelimit-remaining-tokens": "900",
      "x-ratelimit-reset-tokens": "9h",
    },
    LIMITED,
    179_560,
  ],
  [
    "the window of tokens that is used up",
    "openai",
    "gpt-4o-mini",
    { "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "6m0s" },
    LIMITED,
    360_000,
  ],
];

/** One for each dialect: a model that was limited rests. */
const LIMITED_MODELS: readonly (readonly [Edge, model: string])[] = [
  ["chat", "cohere/command-r-08-2024"],
  ["responses", "cohere/command-r7b-12-2024"],
  ["messages", "cohere/command-r-plus-08-2024"],
];

export function describeWaits(mesh: WireMesh): void {
  describe("a wait is understood wherever a provider tells it, and told to callers as a plain retry-after", () => {
    const limited = (provider: string, body: unknown, headers: Headers = {}) => {
      return openVendor(
        provider,
        json(body, { status: 429, headers: { "content-type": "application/json", ...headers } }),
      );
    };

    it.each(HINTS)("understands %s", async (_what, provider, model, headers, body, waitMs) => {
      await using vendor = await limited(provider, body, headers);
      expect(await failureOf(askWhole(vendor, model))).toMatchObject({ code: "RATE_LIMITED", waitMs });
    });

    it("understands retry-after as a date", async () => {
      await using vendor = await limited("openai", LIMITED, {
        "retry-after": new Date(Date.now() + 90_000).toUTCString(),
      });
      const { waitMs } = await failureOf(askWhole(vendor, "gpt-4o-mini"));
      expect(waitMs).toBeGreaterThan(80_000);
      expect(waitMs).toBeLessThanOrEqual(90_000);
    });

    it("understands the day and hour at which Anthropic's window starts anew", async () => {
      const reset = new Date(Date.now() + 90_000).toISOString();
      const body = { type: "error", error: { type: "rate_limit_error", message: "No." } };
      await using vendor = await limited("anthropic", body, {
        "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-requests-reset": reset,
      });
      const { waitMs } = await failureOf(askWhole(vendor, "claude-haiku-4-5"));
      expect(waitMs).toBeGreaterThan(80_000);
      expect(waitMs).toBeLessThanOrEqual(90_000);
    });

    it("takes a good answer of Anthropic with retry-after for a good answer", async () => {
      const answer = { ...message(), headers: { "content-type": "application/json", "retry-after": "30" } };
      await using vendor = await openVendor("anthropic", answer);
      const { choices } = await askWhole(vendor, "claude-haiku-4-5");
      expect(choices[0]?.parts[0]?.content.value).toMatchObject({ text: "Ahoy." });
      mesh.play(answer);
      const told = await mesh.ask("messages", asked("messages", "anthropic/claude-haiku-4-5"));
      expect([told.status, told.headers.get("retry-after")]).toEqual([200, null]);
      expect((await mesh.ask("messages", asked("messages", "anthropic/claude-haiku-4-5"))).status).toBe(200);
    });

    it.each([
      ["openai", "gpt-4o-mini"],
      ["anthropic", "claude-haiku-4-5"],
      ["google", "gemini-2.5-flash"],
      ["cohere", "command-a-03-2025"],
    ])("gives a 429 of %s without any hint a wait", async (provider, model) => {
      await using vendor = await limited(provider, {});
      const { code, waitMs } = await failureOf(askWhole(vendor, model));
      expect([code, waitMs]).toEqual(["RATE_LIMITED", expect.any(Number)]);
      expect(waitMs).toBeGreaterThan(0);
    });

    it.each(LIMITED_MODELS)("tells callers of %s whole seconds", async (edge, model) => {
      mesh.play(json({ message: "Please wait and try again in 2.4s." }, { status: 429 }));
      const { status, headers } = await mesh.ask(edge, asked(edge, model));
      expect([status, headers.get("retry-after")]).toEqual([429, "3"]);
    });
  });
}
