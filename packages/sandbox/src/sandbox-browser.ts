/** What an owner can set about the browsers of sandboxes. */
import type { SandboxConfig } from "./schema.ts";

export interface SandboxBrowser {
  readonly isEnabled: boolean;
  readonly image: string;
  readonly containerPrefix: string;
}

export const defaultBrowserImage = "clawdbot-sandbox-browser:bookworm-slim";

/** The agent's own values over those of all agents, key by key; in a shared sandbox the agent's own do not count. */
export function resolveBrowser(
  defaults: SandboxConfig,
  own: SandboxConfig,
  scope: "session" | "agent" | "shared",
): SandboxBrowser {
  const [all = {}, mine = {}] = [defaults.browser, scope === "shared" ? {} : own.browser];
  return {
    isEnabled: mine.enabled ?? all.enabled ?? false,
    image: mine.image ?? all.image ?? defaultBrowserImage,
    containerPrefix: mine.containerPrefix ?? all.containerPrefix ?? "clawdbot-sbx-browser-",
  };
}
