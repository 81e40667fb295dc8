/** How a setting differs between two configs, for people and for a hash. */
export interface SettingChange {
  /** `changes`: neither more nor less, or nothing that can be compared. It counts as widening. */
  readonly direction: "widens" | "changes" | "narrows";
  /** The key below the agent, or the whole key: `sandbox.docker.network`, `gateway.bind`. */
  readonly key: string;
  /** What was in force, in words; `–` for nothing. */
  readonly before: string;
  readonly after: string;
  /** A digest of both where the words leave something out, such as a secret. */
  readonly seal?: string;
}
