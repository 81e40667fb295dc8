/** Which handler serves which path, in one canonical form. */
import { ClawdError } from "@clawd/kernel";

/** In the terms of the Fetch API. */
export type HttpHandler = (request: Request) => Promise<Response> | Response;

export interface Route {
  readonly path: string;
  readonly authentication: "token" | "none";
  readonly handler: HttpHandler;
}

export interface HttpMount {
  /**
   * Serves `path` and everything below it; the longest path wins. `token`: the token is checked before the handler is asked;
   * `none`: the handler verifies each request itself, or serves nothing secret.
   * @throws CLAWD_SERVER_ROUTE when the path is taken or not canonical.
   */
  handle(path: string, authentication: "token" | "none", handler: HttpHandler): void;
}

export interface Routes extends HttpMount {
  find(path: string): Route | undefined;
}

export function createRoutes(reserved: readonly string[]): Routes {
  const routes = new Map<string, Route>();
  return {
    handle(path, authentication, handler) {
      const isCanonical = canonicalPath(path) === path && (path === "/" || !path.endsWith("/"));
      if (!isCanonical || routes.has(path) || reserved.includes(path)) {
        throw new ClawdError("CLAWD_SERVER_ROUTE", `The path ${JSON.stringify(path)} cannot be served.`, {
          hint: "Take a path of your own, such as /irc/webhook: no dots, no double slashes, no slash at the end.",
        });
      }
      // Whatever is not "none" is behind the token.
      routes.set(path, { path, authentication: authentication === "none" ? "none" : "token", handler });
    },
    find(path) {
      for (let prefix = path; ; prefix = prefix.slice(0, prefix.lastIndexOf("/"))) {
        const route = routes.get(prefix === "" ? "/" : prefix);
        if (route !== undefined || prefix === "") return route;
      }
    },
  };
}

/** RFC 3986 path characters; an escape must not hide a slash, a backslash, a dot or a NUL. */
const plainPath = /^\/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%(?!2[ef]|5c|00)[0-9a-f]{2})*$/i;

/** The path of a request target, or undefined when it can be read in more than one way. */
export function canonicalPath(target: string): string | undefined {
  const [path = ""] = target.split("?", 1);
  if (!plainPath.test(path) || path.includes("//")) return undefined;
  return path.split("/").some((segment) => segment === "." || segment === "..") ? undefined : path;
}
