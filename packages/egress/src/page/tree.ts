/**
 * A page as browsers read it (parse5), within bounds: a few kilobytes can be written so that the standard's own repairs make a
 * hundred million nodes of them, or look through a stack of a hundred thousand for each.
 */
import {
  defaultTreeAdapter,
  parse,
  type DefaultTreeAdapterMap,
  type DefaultTreeAdapterTypes as Tree,
  type TreeAdapter,
} from "parse5";
import { BeyondBounds } from "./bounds.ts";

const mostNodes = 200_000;
/** As deep as browsers go themselves. */
const deepest = 512;

/** @throws BeyondBounds */
export function parsePage(html: string): Tree.Document {
  let nodes = 0;
  let depth = 0;
  const count = () => {
    if (++nodes > mostNodes) throw new BeyondBounds();
  };
  const adapter: TreeAdapter<DefaultTreeAdapterMap> = {
    ...defaultTreeAdapter,
    createElement(...args) {
      count();
      return defaultTreeAdapter.createElement(...args);
    },
    insertText(...args) {
      count();
      defaultTreeAdapter.insertText(...args);
    },
    onItemPush() {
      if (++depth > deepest) throw new BeyondBounds();
    },
    onItemPop() {
      depth--;
    },
  };
  return parse(html, { treeAdapter: adapter });
}
