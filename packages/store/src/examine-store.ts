/** Whether the store of a state is sound, without a gateway and without changing it. */
import { isClawdError } from "@clawd/kernel";
import { openStoreReader } from "./reader.ts";

export interface StoreExamination {
  /** What is wrong with the database; empty when it is sound or there is none. */
  readonly damage: readonly string[];
  /** The first bad record of the audit record; null when it verifies or there is none. */
  readonly badAudit: { readonly seq: number; readonly reason: string } | null;
}

/** Never throws: what cannot be opened is damaged. */
export function examineStore(options: { readonly directory: string }): StoreExamination {
  try {
    const reader = openStoreReader(options);
    if (reader === undefined) return { damage: [], badAudit: null };
    try {
      const verdict = reader.audit.verify();
      const badAudit = verdict.ok ? null : { seq: verdict.badSeq, reason: verdict.reason };
      return { damage: reader.damage(), badAudit };
    } finally {
      reader.close();
    }
  } catch (fault) {
    return { damage: [isClawdError(fault) ? fault.message : "It cannot be read."], badAudit: null };
  }
}
