/** What one pass over a text finds. */
export interface TextMeasure {
  /** Bytes in UTF-8. */
  bytes: number;
  /** Characters outside the scripts that tokenizers pack densely. */
  wide: number;
  /** Characters in all. */
  characters: number;
}

/** A measure of nothing. */
export function emptyMeasure(): TextMeasure {
  return { bytes: 0, wide: 0, characters: 0 };
}

/** Adds a text to a measure, in one pass and without a copy. A lone surrogate counts as what replaces it in UTF-8. */
export function measureText(text: string, into: TextMeasure): TextMeasure {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) into.bytes += 1;
    else if (unit < 0x800) into.bytes += 2;
    else {
      into.bytes += 3;
      into.wide += 1;
      if (isHigh(unit) && isLow(text.charCodeAt(index + 1))) {
        // A pair is four bytes for its two units.
        into.bytes += 1;
        into.wide += 1;
        index += 1;
      }
    }
  }
  into.characters += text.length;
  return into;
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/**
 * Tokens that a text has, about: one for four characters of alphabetic scripts, one for each wide character, as
 * byte-pair encodings of current models do within some 20 %.
 */
export function estimateTokens(measure: TextMeasure): number {
  return Math.ceil((measure.characters - measure.wide) / 4 + measure.wide);
}
