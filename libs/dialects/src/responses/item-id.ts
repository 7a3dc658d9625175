import { readOpaqueJson, writeOpaqueJson } from "./opaque-json.ts";

/** Tells ids that were given here from those of a provider. */
const OWN = "_fairlead_";
/** Characters of an item that its own id may hold; a larger one is not worth its weight. */
const MAX_HELD = 65_536;
/** Characters of an id that are looked at. */
export const MAX_ITEM_ID = 131_072;

/** Names the items of one answer. */
export interface ItemIds {
  /** True when ids hold items. */
  readonly holds: boolean;
  /** Id of the item at a position. @param prefix such as msg */
  plain(prefix: string, position: number): string;
  /**
   * Id that holds the item as well, where callers may refer to it later: nothing is kept here, so that whoever refers to
   * an item by its id alone has to bring it along.
   */
  holding(prefix: string, position: number, item: object): string;
}

/**
 * @param answer unique name of the answer, without a prefix
 * @param holds  false where callers will not refer to items by their ids alone
 */
export function createItemIds(answer: string, holds: boolean): ItemIds {
  const plain = (prefix: string, position: number) => `${prefix}${OWN}${answer}_${position}`;
  return {
    holds,
    plain,
    holding(prefix, position, item) {
      const id = plain(prefix, position);
      if (!holds) return id;
      const held = writeOpaqueJson(item);
      return held.length > MAX_HELD ? id : `${id}.${held}`;
    },
  };
}

/** True for an id that was given here, which means nothing to a provider. */
export function isOwnItemId(id: string): boolean {
  return id.includes(OWN);
}

/** The item that an id holds; undefined where it holds none. Anybody can write an id, so it is read like any other input. */
export function readHeldItem(id: string): unknown {
  const dot = id.lastIndexOf(".");
  return dot < 0 || id.length > MAX_ITEM_ID ? undefined : readOpaqueJson(id.slice(dot + 1));
}
