import { joinPath, toCallerPath } from "./field-path.ts";

describe("a field's path", () => {
  it.each([
    [["messages", 0, "role"], "messages[0].role"],
    [["temperature"], "temperature"],
    [[], ""],
  ])("%j is written as callers write it", (path, text) => {
    expect(joinPath(path)).toBe(text);
  });

  it.each([
    ["chat.messages[0].parts", "messages[0].parts"],
    ["input.texts[3]", "texts[3]"],
    ["context.tenant", "fairlead.tenant"],
    ["policy.max_cost_nano_usd", "fairlead.max_cost_nano_usd"],
    ["item_id", "item_id"],
  ])("%s is %s to a caller", (contract, caller) => {
    expect(toCallerPath(contract)).toBe(caller);
  });
});
