/** An owner who approves a call that sends or shows a file approves that file as it is: should it change, the call does not run. */
import type { Places } from "../calls/place-executor.ts";
import type { PlacedCall, ToolExecutor } from "../calls/tool-call.ts";

/** Where such tools have their paths. */
const pathsOf: Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => unknown>> = {
  message: ({ media }) => media,
  image: ({ image }) => image,
  browser: ({ paths }) => paths,
};

/** The executor, with what its call would find at the paths. An address is no file: what is there may change as it likes. */
export function boundToFiles(executor: ToolExecutor, places: Pick<Places, "enter">): ToolExecutor {
  const paths = Object.hasOwn(pathsOf, executor.name) ? pathsOf[executor.name]! : undefined;
  if (paths === undefined) return executor;
  return {
    ...executor,
    run: (call, signal) => executor.run(call, signal),
    async fingerprint(call) {
      const named = [paths(Object(call.input) as Record<string, unknown>)].flat();
      const files = named.filter((path): path is string => typeof path === "string").slice(0, 10);
      return JSON.stringify(await Promise.all(files.map((path) => versionAt(call, path, places))));
    },
  };
}

async function versionAt(
  call: PlacedCall,
  path: string,
  places: Pick<Places, "enter">,
): Promise<string | null> {
  const reading = call.asTool("read", { path });
  if (reading === null) return null;
  try {
    const lease = await places.enter(reading);
    try {
      // Through links, as the bytes are read.
      return (await lease.place.files.read(path, { offset: 0, maxBytes: 1 })).stat.version;
    } finally {
      lease.release();
    }
  } catch {
    return null;
  }
}
