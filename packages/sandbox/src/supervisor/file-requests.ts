/** One exchange about a file: a request, some data, one answer. */
import type { ClawdError } from "@clawd/kernel";
import type { Connection } from "./connection.ts";
import { fileFault } from "../file-fault.ts";
import { failureFault, protocolFault } from "./faults.ts";
import { type, type Frame } from "./frames.ts";
import { PayloadReader } from "./payload.ts";

export interface Answer<Result> {
  /** A frame that is no failure. Undefined: more are to come. @throws CLAWD_PLACE_PROTOCOL */
  take(frame: Frame, id: number): { readonly result: Result } | undefined;
  /** The request failed; after this nothing more comes. */
  failed?(fault: ClawdError): void;
  /** Right after the request. */
  begun?(id: number): void;
}

/**
 * `path` is the model's, for words.
 * @throws CLAWD_FILE_…, CLAWD_PLACE_LOST
 */
export function exchange<Result>(
  connection: Connection,
  frameType: number,
  request: Uint8Array,
  path: string,
  answer: Answer<Result>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const refuse = (fault: ClawdError) => {
      answer.failed?.(fault);
      reject(fault);
    };
    const id = connection.open({
      frame(frame) {
        if (frame.type === type.failed) {
          const reader = new PayloadReader(frame.payload);
          const [why, error] = [reader.u8(), reader.u16()];
          refuse(failureFault(why, error, path));
          return true;
        }
        const answered = answer.take(frame, id);
        if (answered !== undefined) resolve(answered.result);
        return answered !== undefined;
      },
      lost: refuse,
    });
    connection.send(frameType, id, request);
    answer.begun?.(id);
  });
}

export const isMissing = (fault: unknown): boolean =>
  (fault as { code?: unknown } | null)?.code === "CLAWD_FILE_MISSING";

/** A failure that is known without asking. */
export const changedFault = (path: string): ClawdError => fileFault("CLAWD_FILE_CHANGED", path);

export const unexpected = (): ClawdError => protocolFault("no answer to what was asked");
