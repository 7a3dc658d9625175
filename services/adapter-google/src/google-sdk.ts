import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { compileFunction } from "node:vm";
import { currentExchange } from "@fairlead/adapter-kit/exchange";
import type * as GenerativeAi from "@google/generative-ai";

type GoogleSdk = typeof GenerativeAi;

const require = createRequire(import.meta.url);

/**
 * Loads Google's SDK so that it sends with the given fetch.
 *
 * The SDK takes no fetch: its functions name the global one, and what takes another as an argument is not exported.
 * Replacing the global would change it for everything in the process, so the SDK's own module is compiled here, once for
 * each adapter, within a function that has a parameter called `fetch`. Nothing outside that function is touched.
 */
export function loadGoogleSdk(fetch: typeof globalThis.fetch): GoogleSdk {
  const file = require.resolve("@google/generative-ai");
  const sdk = { exports: {} };
  const load = compileFunction(readFileSync(file, "utf8"), ["exports", "require", "module", "fetch"], { filename: file });
  load(sdk.exports, createRequire(file), sdk, withoutAnswers(fetch));
  return sdk.exports as GoogleSdk;
}

/**
 * Keeps the SDK from reading answers: its decoder of streams gathers the whole answer a second time and splits events by a
 * pattern, and it adds functions to whole ones. It gets an answer that holds nothing; the real one is read from the exchange.
 */
function withoutAnswers(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    return currentExchange() !== undefined && response.ok ? EMPTY : response;
  };
}

const EMPTY = {
  ok: true,
  json: () => Promise.resolve({}),
  body: { pipeThrough: () => ({ getReader: () => ({ read: async () => ({ done: true, value: undefined }) }) }) },
} as unknown as Response;
