/** Names only. */
export { browserTool, type BrowserContext } from "./tool.ts";
export { createBrowsers, type BrowserNeed, type Browsers, type BrowsersOptions } from "./browsers.ts";
export { openBrowser, type BrowserStart, type OpenBrowser } from "./open-browser.ts";
export {
  chromiumArguments,
  containerCommand,
  hostCommand,
  profileFiles,
  type ChromiumOptions,
  type HostChromium,
} from "./chromium.ts";
export { keepFile } from "./keep-file.ts";
export type { BrowserFaultCode } from "./fault.ts";
export type { DriverAnswer, UploadFile } from "./driver/protocol.ts";
export type { BrowserInput } from "./parameters.ts";
export { makeProfile, sweepProfiles, type Profile } from "./profile.ts";
export { browserUser, findChromium } from "./find-chromium.ts";
