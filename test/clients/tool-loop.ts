import type { Conversed } from "./driver.ts";

/** Turns of a model after which a conversation with tools is given up. */
const MOST_TURNS = 8;

export interface Turn {
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly input: unknown }[];
}

/** The loop that an application writes around a client: asks, runs the tools, hands back what they gave. */
export async function toolLoop(
  questions: readonly string[],
  conversation: {
    readonly say: (question: string) => void;
    readonly ask: () => Promise<Turn>;
    readonly giveBack: (results: readonly { readonly id: string; readonly name: string; readonly output: string }[]) => void;
  },
  run: (name: string) => string,
): Promise<Conversed> {
  const turns: { name: string; input: unknown }[][] = [];
  const texts: string[] = [];
  for (const question of questions) {
    conversation.say(question);
    for (let turn = 0; ; turn++) {
      if (turn >= MOST_TURNS) throw new Error(`The model still calls tools after ${MOST_TURNS} turns.`);
      const { text, calls } = await conversation.ask();
      if (calls.length === 0) {
        texts.push(text);
        break;
      }
      turns.push(calls.map(({ name, input }) => ({ name, input })));
      conversation.giveBack(calls.map(({ id, name }) => ({ id, name, output: run(name) })));
    }
  }
  return { turns, texts };
}
