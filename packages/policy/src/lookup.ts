/** Most of what a decision asks is empty in most configs, and what is empty is not searched: a search costs more than the rest. */

export const holds = (ids: ReadonlySet<string>, id: string): boolean => ids.size > 0 && ids.has(id);

export const find = <Value>(byId: ReadonlyMap<string, Value>, id: string): Value | undefined =>
  byId.size > 0 ? byId.get(id) : undefined;
