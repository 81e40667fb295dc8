/** Updates wait here, in order, until the bot has confirmed them; a restart of the bot loses none. */
import { unaskedUpdateTypes, type Update, type UpdateType } from "./wire.ts";

export interface UpdateQueue {
  readonly pending: readonly Update[];
  /** Undefined: the default set, which leaves out `message_reaction`, `chat_member` and the like. */
  allowed: readonly string[] | undefined;
  /** Gives the update its id and keeps it; undefined when the bot did not ask for this type, and then it is gone. */
  push<Type extends UpdateType>(type: Type, payload: NonNullable<Update[Type]>): Update | undefined;
  /** Forgets everything before `offset`; a negative one keeps that many from the end. */
  confirm(offset: number): void;
  remove(updateId: number): void;
  clear(): void;
  /** Runs at every new update. */
  onPush(listener: () => void): () => void;
  /** Runs when updates have left the queue. */
  onConfirm(listener: () => void): () => void;
}

/** The real ids start anywhere; a large one shows code that takes them for small. */
const firstUpdateId = 734_000_001;

export function createUpdateQueue(): UpdateQueue {
  let pending: Update[] = [];
  let nextId = firstUpdateId;
  const listeners = new Set<() => void>();
  const confirmListeners = new Set<() => void>();
  const keep = (kept: Update[]) => {
    pending = kept;
    for (const listener of confirmListeners) listener();
  };
  return {
    get pending() {
      return pending;
    },
    allowed: undefined,
    push(type, payload) {
      const asked = this.allowed?.includes(type) ?? !unaskedUpdateTypes.includes(type);
      if (!asked) return undefined;
      const update = { update_id: nextId++, [type]: payload } as Update;
      pending.push(update);
      for (const listener of listeners) listener();
      return update;
    },
    confirm(offset) {
      keep(offset < 0 ? pending.slice(offset) : pending.filter(({ update_id: id }) => id >= offset));
    },
    remove(updateId) {
      keep(pending.filter(({ update_id: id }) => id !== updateId));
    },
    clear() {
      keep([]);
    },
    onPush(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onConfirm(listener) {
      confirmListeners.add(listener);
      return () => confirmListeners.delete(listener);
    },
  };
}

/** What the bot asked for, as `allowed_updates` says it: an empty list is the default set. */
export function allowedTypes(given: readonly string[] | undefined): readonly string[] | undefined {
  return given === undefined || given.length === 0 ? undefined : given;
}
