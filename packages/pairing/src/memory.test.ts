import { test } from "vitest";
import { memoryPairingStore } from "./memory.ts";
import { pairingStoreConformance } from "./testing.ts";

pairingStoreConformance({
  name: "memory",
  test,
  create() {
    const store = memoryPairingStore();
    return { open: () => store, dispose() {} };
  },
});
