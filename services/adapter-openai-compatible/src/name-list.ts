import { z } from "zod";

const names = z.record(z.string().min(1).max(256), z.string().min(1).max(256));

/** Names by model, as a map or as text such as `gpt-4o=prod-4o,gpt-4.1=prod-41`. */
export const nameList = z.union([names, z.string()]).transform((given, context) => {
  if (typeof given !== "string") return given;
  const pairs = given.split(",").map((pair) => pair.split("=").map((part) => part.trim()));
  const parsed = names.safeParse(Object.fromEntries(pairs.map(([model = "", name = ""]) => [model, name])));
  if (parsed.success && pairs.every((pair) => pair.length === 2)) return parsed.data;
  context.addIssue({ code: "custom", message: "expected model=name, with commas between" });
  return z.NEVER;
});
