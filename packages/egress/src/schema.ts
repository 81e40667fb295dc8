/** The config section `sandbox.egress`. What it opens is checked with it; `compileEgress` makes rules of the same values. */
import { z } from "zod";
import { readEgress } from "./compile.ts";

const allow = z.union([
  z.string(),
  z.strictObject({
    host: z.string(),
    ports: z.array(z.number()).optional(),
    private: z.boolean().optional(),
  }),
]);
const secret = z.strictObject({
  host: z.string(),
  header: z.string(),
  value: z.string(),
  scheme: z.string().optional(),
});

export const egressSchema = z
  .strictObject({ allow: z.array(allow).optional(), secrets: z.array(secret).optional() })
  .superRefine((settings, context) => {
    for (const { path, code, message, hint } of readEgress(settings).mistakes) {
      context.addIssue({ code: "custom", path: [...path], message, params: { code, hint } });
    }
  });

/** Where values stand that must never be shown: `*` is any index. */
export const egressSecretKeys = ["secrets.*.value"] as const;

export { compareEgress } from "./compare.ts";
export { compileEgress } from "./compile.ts";
export type { AllowSetting, EgressSettings, SecretSetting } from "./compile.ts";
