import { Ajv, type Options, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { boundSchema } from "@fairlead/decision/checks/bound-schema";
import { dropOptionalNulls } from "@fairlead/decision/checks/drop-optional-nulls";
import { invalidField } from "@fairlead/rpc/fairlead-error";
import { LRUCache } from "lru-cache";
import { createTimeLimited, OutOfTime, type TimeLimited } from "./time-limited.ts";

/** Holds a text against a schema: undefined where it matches, else why not, without words of the text. */
export type ValidateText = (text: string) => string | undefined;

/** Compiled schemas kept at most, and characters of their texts. */
const MOST_COMPILED = 256;
const MOST_CHARACTERS = 4_000_000;
/** Milliseconds for which a schema that took too long is refused: it may have been the machine. */
const SLOW_MS = 60_000;
const FIELD = "chat.response_format.json_schema.schema_json";

/** Unknown words in a schema are ignored, as the standard says; nothing is logged, for a schema is content. */
const OPTIONS: Options = { strict: false, validateSchema: false, addUsedSchema: false, allErrors: false, inlineRefs: false, logger: false };

type Prepared = { readonly validate: ValidateText } | { readonly problem: string; readonly slow?: true };

/** Schemas of structured output, compiled once each. */
export class SchemaValidators {
  readonly #limited: TimeLimited = createTimeLimited();
  readonly #timeMs: number;
  readonly #meta = new Map<boolean, Ajv>();
  /** What is known of a schema: how to use it, or why it cannot be used. */
  readonly #compiled = new LRUCache<string, Prepared>({
    max: MOST_COMPILED,
    maxSize: MOST_CHARACTERS,
    sizeCalculation: (_, schema) => Math.max(1, schema.length),
  });

  /** @param timeMs milliseconds that compiling a schema, or holding one text against it, may take */
  constructor(timeMs: number) {
    this.#timeMs = timeMs;
  }

  /**
   * Prepares a schema: JSON Schema 2020-12, or draft-07 where `$schema` names it or an older one.
   *
   * @throws FairleadError INVALID_REQUEST that names the field when the schema cannot be used
   */
  prepare(schemaJson: string): ValidateText {
    let known = this.#compiled.get(schemaJson);
    if (known === undefined) this.#keep(schemaJson, (known = this.#compile(schemaJson)));
    if ("problem" in known) throw invalidField(FIELD, `The schema ${known.problem}.`);
    return known.validate;
  }

  #keep(schemaJson: string, prepared: Prepared): void {
    this.#compiled.set(schemaJson, prepared, "slow" in prepared ? { ttl: SLOW_MS } : {});
  }

  #compile(schemaJson: string): Prepared {
    const bounded = boundSchema(schemaJson);
    if ("problem" in bounded) return bounded;
    const { schema } = bounded;
    const older = typeof schema === "object" && /draft-0[3-7]/.test(String(schema["$schema"] ?? ""));
    const plain = typeof schema === "object" ? { ...schema } : schema;
    if (typeof plain === "object") delete plain["$schema"];
    const meta = this.#metaOf(older);
    try {
      const validate = this.#limited(() => {
        if (meta.validateSchema(plain) !== true) throw new Error("not a schema");
        return compileWith(plain, older);
      }, this.#timeMs);
      return { validate: (text) => this.#check(lenient(validate, plain), schemaJson, text) };
    } catch (error) {
      if (error instanceof OutOfTime) return { problem: "takes too long to prepare", slow: true };
      return { problem: "is not valid JSON Schema 2020-12 or draft-07" };
    }
  }

  /** Instances that hold nothing but the schemas of schemas. */
  #metaOf(older: boolean): Ajv {
    let meta = this.#meta.get(older);
    if (meta === undefined) {
      this.#meta.set(older, (meta = newAjv(older, { ...OPTIONS, validateSchema: true })));
      // The schema of schemas is compiled at its first use, which is no fault of the schema that comes first.
      void meta.validateSchema({});
    }
    return meta;
  }

  #check(breaks: BrokenKeyword, schemaJson: string, text: string): string | undefined {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return "it is not valid JSON";
    }
    try {
      const keyword = this.#limited(() => breaks(value), this.#timeMs);
      return keyword === undefined ? undefined : `it breaks "${keyword}" of its schema`;
    } catch (error) {
      if (!(error instanceof OutOfTime)) throw error;
      // Whoever sent it once could send it over and over, and stop everyone else each time.
      this.#keep(schemaJson, { problem: "takes too long to hold an answer against", slow: true });
      return "it could not be held against its schema in time";
    }
  }
}

/** The keyword of a schema that a value breaks; undefined: it breaks none. */
type BrokenKeyword = (value: unknown) => string | undefined;

/** Takes nulls of optional properties, too: forms of a schema for strict modes let nothing be left out. */
function lenient(validate: ValidateFunction, schema: unknown): BrokenKeyword {
  return (value) => {
    if (validate(value) === true) return undefined;
    const keyword = validate.errors?.[0]?.keyword ?? "false schema";
    return validate(dropOptionalNulls(value, schema)) === true ? undefined : keyword;
  };
}

/** Ajv keeps what it compiles for good, so each schema has an instance of its own that goes with it. */
function compileWith(schema: Record<string, unknown> | boolean, older: boolean): ValidateFunction {
  try {
    return newAjv(older, OPTIONS).compile(schema);
  } catch {
    // Many patterns in use are none of the stricter kind that the standard asks for.
    return newAjv(older, { ...OPTIONS, unicodeRegExp: false }).compile(schema);
  }
}

function newAjv(older: boolean, options: Options): Ajv {
  const ajv = older ? new Ajv(options) : new Ajv2020(options);
  (addFormats as unknown as (into: Ajv, settings: { mode: "fast" }) => void)(ajv, { mode: "fast" });
  return ajv;
}
