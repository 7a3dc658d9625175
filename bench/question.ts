/** A model that every shape knows by name. */
export const MODEL = "gpt-4o-mini";

/** What is asked: about 1.5 KB as JSON, as a short conversation with instructions is. */
export const MESSAGES = [
  { role: "system", content: "You help the crew of a small harbour. Answer in whole sentences. ".repeat(6).trim() },
  { role: "user", content: "Which berth is free for a boat of nine metres? ".repeat(6).trim() },
  { role: "assistant", content: "Berth twelve is free until Friday, and has water and power on the quay." },
  { role: "user", content: "Say how to get there from the sea, and what to look out for. ".repeat(10).trim() },
] as const;
