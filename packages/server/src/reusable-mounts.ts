/** Parts of the HTTP server for providers that may be replaced while it runs: the next one takes over its predecessor's paths. */
import { ClawdError } from "@clawd/kernel";
import type { HttpHandler, HttpMount } from "./routes.ts";

export interface ReusableMounts {
  /** The paths of one owner. @throws CLAWD_PATH_TAKEN when another owner serves the path already. */
  of(owner: string): HttpMount;
}

interface Mounted {
  readonly owner: string;
  readonly authentication: "token" | "none";
  handler: HttpHandler;
}

export function reusableMounts(server: HttpMount): ReusableMounts {
  const mounted = new Map<string, Mounted>();
  return {
    of: (owner) => ({
      handle(path, authentication, handler) {
        const known = mounted.get(path);
        if (known === undefined) {
          const entry: Mounted = { owner, authentication, handler };
          server.handle(path, authentication, (request) => entry.handler(request));
          mounted.set(path, entry);
        } else if (known.owner === owner && known.authentication === authentication) known.handler = handler;
        else {
          throw new ClawdError("CLAWD_PATH_TAKEN", `Two providers want to serve ${path}.`, {
            hint: "Give one of them another path.",
          });
        }
      },
    }),
  };
}
