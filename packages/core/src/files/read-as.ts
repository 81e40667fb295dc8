/** The one way from a path that a model wrote to bytes that leave the place: as `read` would read it for this very run. */
import { isClawdError } from "@clawd/kernel";
import type { Refusal } from "@clawd/tools";
import type { Places } from "../calls/place-executor.ts";
import type { PlacedCall } from "../calls/tool-call.ts";

/**
 * The whole file. INVARIANT: it is opened in the place that the decision about `read` names, under the rules of that place, and
 * nowhere else (files.test.ts, hostile-paths.test.ts of the gateway).
 * @throws what the place's files throw; no message names a path that the model did not write.
 */
export async function readAsRead(
  call: PlacedCall,
  path: string,
  maxBytes: number,
  places: Pick<Places, "enter">,
): Promise<Refusal | Uint8Array> {
  const reading = call.asTool("read", { path });
  if (reading === null) return { refused: "read-not-allowed" };
  const lease = await places.enter(reading);
  try {
    return (await lease.place.files.read(path, { maxBytes })).bytes;
  } catch (fault) {
    if (isClawdError(fault) && fault.code === "CLAWD_FILE_TOO_LARGE")
      return { refused: `${JSON.stringify(path.slice(0, 200))} is larger than ${maxBytes} bytes` };
    throw fault;
  } finally {
    lease.release();
  }
}
