/** The config keys of Example, beside the access rules. */
import type { SettingSchema } from "@clawd/provider-kit";

export interface Settings {
  readonly token?: string | undefined;
  readonly apiRoot?: string | undefined;
}

/** The kit has no dependencies; a real provider writes these with zod, which has the same property. */
const text: SettingSchema = { "~standard": { version: 1, vendor: "example" } };

export const settings = { token: text, apiRoot: text };

export const secretSettings = ["token"];
