import { createHash } from "node:crypto";
import { stripTypeScriptTypes } from "node:module";

// Tests run the same code as `node file.ts`: types are stripped by Node itself, positions stay as they are.
process.removeAllListeners("warning");

export default {
  process: (source) => ({ code: stripTypeScriptTypes(source) }),
  getCacheKey: (source, file) => createHash("sha256").update(process.version).update(file).update(source).digest("hex"),
};
