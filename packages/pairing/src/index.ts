export type { Admission, Approval } from "./admission.ts";
export { openPairing, type Pairing, type PairingOptions } from "./pairing.ts";
export type { Asked } from "./ask.ts";
export { pairingFacts, type PairingFacts } from "./facts.ts";
export { approveAnywhere, type ApprovedThere } from "./approve-anywhere.ts";
export { durationForms, durationFrom } from "./duration.ts";
export { describeGrant, describeMeta, describeRequest, grantAsJson } from "./words.ts";
export type { Grant, GrantOptions } from "./grant.ts";
export type { Approved, Verdict } from "./verdict.ts";
export type { PairingNetwork } from "./sender.ts";
export {
  type Answer,
  type Approvals,
  type Change,
  emptyState,
  type Notes,
  type PairingRequest,
  type PairingState,
  type PairingStore,
  type WaitingSender,
} from "./store.ts";
export { approvedMessage, type CodeMessage, pairingMessage } from "./message.ts";
