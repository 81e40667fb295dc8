/** A store without files, for other packages' tests: the same code on SQLite's memory. */
import type { Clock } from "@clawd/kernel";
import { memoryAnchor } from "./anchor.ts";
import { openDatabase } from "./database.ts";
import { storeOn, type Store } from "./store.ts";

export function memoryStore({ clock }: { readonly clock: Clock }): Store {
  return storeOn(openDatabase(":memory:"), clock, memoryAnchor(), () => {});
}
