/** The files of a build as the archive that the engine takes: plain files, no links, no owners, no times. */
import { ClawdError } from "@clawd/kernel";

const block = 512;
/** How a file that can be run begins: `#!`, or ELF. */
const script = [0x23, 0x21];
const binary = [0x7f, 0x45, 0x4c, 0x46];

/** @throws CLAWD_IMAGE_BUILD for a name that is not a short relative path. */
export function tarOf(files: Readonly<Record<string, Uint8Array>>): Buffer {
  const parts = Object.entries(files).flatMap(([name, bytes]) => {
    if (!/^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[\w.-]+(?:\/[\w.-]+)*$/.test(name) || name.length > 100)
      throw new ClawdError(
        "CLAWD_IMAGE_BUILD",
        `A file of the build cannot be called ${JSON.stringify(name)}.`,
        {
          hint: "Use letters, digits and _ . - in at most 100 characters.",
        },
      );
    const padding = new Uint8Array((block - (bytes.length % block)) % block);
    return [head(name, bytes), bytes, padding];
  });
  return Buffer.concat([...parts, new Uint8Array(2 * block)]);
}

function head(name: string, bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(block);
  const isProgram = [script, binary].some((start) => start.every((byte, at) => bytes[at] === byte));
  head.write(name, 0);
  head.write(isProgram ? "0000755\0" : "0000644\0", 100);
  head.write("0000000\0".repeat(2), 108);
  head.write(`${bytes.length.toString(8).padStart(11, "0")}\0`, 124);
  head.write(`${"0".repeat(11)}\0`, 136);
  // The checksum is that of a head whose checksum is eight spaces.
  head.write(" ".repeat(8), 148);
  head.write("0", 156);
  head.write("ustar\u000000", 257);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return head;
}
