import { list, type Loose, object, objects, text, without } from "../json.ts";

/** Words inside of these are the caller's own. */
const OPAQUE: ReadonlySet<string> = new Set([
  "args",
  "response",
  "parameters",
  "parametersJsonSchema",
  "responseSchema",
  "responseJsonSchema",
]);

/**
 * A body of generateContent in one spelling: names in camel case, standard base64, roles where none are needed left out,
 * turns of one side joined, declarations of all tools in one list, a text's signature as a part that follows it.
 */
export function canonicalGemini(body: unknown): Loose {
  const { tools, contents, systemInstruction, generationConfig, toolConfig, ...rest } = object(camel(body));
  const all = (Array.isArray(tools) ? tools : tools === undefined ? [] : [tools]).map(object);
  const declarations = all.flatMap((tool) => objects(tool["functionDeclarations"])).map(canonicalDeclaration);
  const hosted = all.map((tool) => without(tool, "functionDeclarations")).filter((tool) => Object.keys(tool).length > 0);
  return withoutEmpty({
    ...rest,
    contents: joinTurns(objects(contents)),
    systemInstruction: objects(object(systemInstruction)["parts"]).map(({ text: words }) => words),
    generationConfig: canonicalConfig(object(generationConfig)),
    toolConfig,
    declarations,
    hosted,
  });
}

function camel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camel);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const name = key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      return [name, OPAQUE.has(name) ? inner : camel(inner)];
    }),
  );
}

function withoutEmpty(value: Record<string, unknown>): Loose {
  return Object.fromEntries(
    Object.entries(value).filter(
      ([, inner]) => inner !== undefined && inner !== null && !(typeof inner === "object" && Object.keys(inner).length === 0),
    ),
  );
}

function joinTurns(contents: readonly Loose[]): Loose[] {
  const turns: { role: string; parts: unknown[] }[] = [];
  for (const { role, parts } of contents) {
    const side = text(role) === "model" ? "model" : "user";
    const written = objects(parts).flatMap(canonicalPart);
    const last = turns.at(-1);
    if (last?.role === side) last.parts.push(...written);
    else turns.push({ role: side, parts: written });
  }
  return turns;
}

function canonicalPart(part: Loose): Loose[] {
  if (typeof part["text"] === "string" && part["thought"] !== true) {
    const { text: words, thoughtSignature } = part;
    return [
      ...(words === "" ? [] : [{ text: words }]),
      ...(thoughtSignature === undefined ? [] : [{ thoughtSignature: base64(thoughtSignature) }]),
    ];
  }
  const inline = object(part["inlineData"]);
  const signed = part["thoughtSignature"] === undefined ? part : { ...part, thoughtSignature: base64(part["thoughtSignature"]) };
  return [part["inlineData"] === undefined ? signed : { ...signed, inlineData: { ...inline, data: base64(inline["data"]) } }];
}

function base64(value: unknown): string {
  return text(value).replaceAll("-", "+").replaceAll("_", "/").replaceAll("=", "");
}

/** Types of schemas are written in capitals or not; a description that says nothing is none, as are parameters without any. */
function canonicalDeclaration({ name, description, parameters, parametersJsonSchema, ...rest }: Loose): Loose {
  const schema = lowerTypes(parameters ?? parametersJsonSchema) as Loose | undefined;
  const none = schema === undefined || Object.keys(object(schema["properties"])).length === 0;
  return withoutEmpty({
    ...rest,
    name,
    description: description === "" ? undefined : description,
    parameters: none ? undefined : schema,
  });
}

function lowerTypes(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(lowerTypes);
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      // Gemini writes no others than those that are named anyway.
      .filter(([key, value]) => key !== "additionalProperties" || value !== false)
      .map(([key, value]) => [key, key === "type" && typeof value === "string" ? value.toLowerCase() : lowerTypes(value)]),
  );
}

function canonicalConfig({ responseSchema, responseJsonSchema, responseModalities, thinkingConfig, ...rest }: Loose): Loose {
  const { includeThoughts, ...thinking } = object(thinkingConfig);
  const schema = lowerTypes(responseJsonSchema ?? responseSchema);
  const textAlone = list(responseModalities).every((modality) => modality === "TEXT");
  return withoutEmpty({
    ...rest,
    schema,
    responseModalities: textAlone ? undefined : responseModalities,
    thinkingConfig: withoutEmpty({ ...thinking, includeThoughts: includeThoughts === true ? true : undefined }),
  });
}
