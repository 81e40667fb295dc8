/** A store that lives and dies with the process. */
import { emptyState, type PairingState, type PairingStore } from "./store.ts";

export function memoryPairingStore(initial: PairingState = emptyState): PairingStore {
  let state = initial;
  return {
    read: () => state,
    approvals: () => state.approvals,
    update(change) {
      const changed = change(state);
      state = changed.state;
      return changed.result;
    },
  };
}
