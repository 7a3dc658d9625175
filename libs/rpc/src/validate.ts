import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { createValidator } from "@bufbuild/protovalidate";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { pathToString } from "@bufbuild/protobuf/reflect";
import { failure } from "./fairlead-error.ts";

const patterns = new Map<string, RegExp>();

/** Patterns stand in the contracts, so they are few and known: Node's own engine runs them faster than the package's. */
const validator = createValidator({
  regexMatch(pattern, text) {
    let compiled = patterns.get(pattern);
    if (compiled === undefined) patterns.set(pattern, (compiled = new RegExp(pattern, "u")));
    return compiled.test(text);
  },
});

/** Violations told at most: they travel in a trailer, which peers bound to some kilobytes. */
const MOST_VIOLATIONS = 16;

/**
 * Holds a message against the limits in its contract.
 *
 * @throws FairleadError INVALID_REQUEST that names the path of each field that breaks one
 */
export function validate<D extends DescMessage>(schema: D, message: MessageShape<D>): void {
  const result = validator.validate(schema, message);
  if (result.kind === "valid") return;
  if (result.kind === "error") throw result.error;
  const violations = result.violations.slice(0, MOST_VIOLATIONS).map((violation) => ({
    field: pathToString(violation.field),
    description: violation.message,
    rule: violation.ruleId,
  }));
  const first = violations[0];
  const summary = first === undefined ? "The request breaks a limit." : `${first.field}: ${first.description}`;
  throw failure(ErrorCode.INVALID_REQUEST, summary, { violations });
}
