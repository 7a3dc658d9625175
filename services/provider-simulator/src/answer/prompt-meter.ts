import { foldText, hashText } from "./hash.ts";
import { CHARACTERS_PER_TOKEN } from "./tokens.ts";

const TOKENS_PER_MESSAGE = 3;
const TOKENS_PER_MEDIA = 256;

/**
 * Measures a prompt as it is read: a hash of all that shapes the answer, and its tokens
 * (a token per four characters, three per message, 256 per image, sound or file).
 */
export class PromptMeter {
  hash: number = hashText("prompt");
  #characters = 0;
  #flatTokens = 0;

  get tokens(): number {
    return Math.ceil(this.#characters / CHARACTERS_PER_TOKEN) + this.#flatTokens;
  }

  message(role: string): void {
    this.hash = foldText(this.hash, role);
    this.#flatTokens += TOKENS_PER_MESSAGE;
  }

  text(text: string): void {
    this.hash = foldText(this.hash, text);
    this.#characters += text.length;
  }

  /** An image, sound or file; only its reference shapes the answer, not its size the tokens. */
  media(reference: string): void {
    this.hash = foldText(this.hash, reference);
    this.#flatTokens += TOKENS_PER_MEDIA;
  }

  /** Any other value that takes part in the prompt, measured by its JSON. */
  json(value: unknown): void {
    if (value !== undefined) this.text(JSON.stringify(value));
  }

  /** Goes on from an earlier prompt, such as the conversation that a request continues. */
  resume(hash: number, tokens: number): void {
    this.hash = foldText(this.hash, String(hash));
    this.#flatTokens += tokens;
  }
}
