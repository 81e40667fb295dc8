/** What the gateway and the thread that drives a browser say to each other. Types only. */
import type { BrowserInput } from "../parameters.ts";

/** To the thread. */
export type ToDriver =
  /** One message of Chromium's, as it came. */
  | { readonly kind: "cdp"; readonly text: string }
  | {
      readonly kind: "call";
      readonly id: number;
      readonly input: BrowserInput;
      /** Milliseconds, already within bounds. */
      readonly timeoutMs: number;
      readonly files: readonly UploadFile[];
    };

/** From the thread. */
export type FromDriver =
  | { readonly kind: "cdp"; readonly text: string }
  /** So many characters of Chromium's are looked at. */
  | { readonly kind: "took"; readonly size: number }
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "answer"; readonly id: number; readonly answer: DriverAnswer };

export interface UploadFile {
  readonly name: string;
  readonly mimeType: string;
  readonly bytes: Uint8Array;
}

export interface DriverAnswer {
  readonly isError: boolean;
  /** Bounded; partly the page's own words. */
  readonly text: string;
  /** The address of the tab that it is about. */
  readonly url?: string;
  readonly picture?: { readonly mediaType: "image/png" | "image/jpeg"; readonly bytes: Uint8Array };
  readonly document?: Uint8Array;
}
