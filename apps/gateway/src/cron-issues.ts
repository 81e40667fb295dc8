/** What the schema of `cron` cannot say: whether there is such a time zone. */
import type { Locate } from "@clawd/config";
import { checkTimeZone } from "@clawd/cron";
import type { Issue } from "@clawd/kernel";
import type { Config } from "./config.ts";

export function cronIssues({ cron }: Config, locate: Locate): readonly Issue[] {
  const zone = cron?.timeZone;
  const mistake = zone === undefined ? null : checkTimeZone(zone);
  if (mistake === null) return [];
  const path = ["cron", "timeZone"];
  return [{ code: "unknown-time-zone", path: "cron.timeZone", ...mistake, ...locate(path) }];
}
