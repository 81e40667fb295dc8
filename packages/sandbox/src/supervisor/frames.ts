/** The frames of `supervisor/PROTOCOL.md`: little-endian, `u32 length | u8 type | u32 stream | payload`. */

export const protocolVersion = 1;
export const headerBytes = 9;
export const maxPayload = 64 * 1024;
/** Bytes of a START in all its frames. */
export const maxStart = 1024 * 1024;
/** What the supervisor may send on a stream before it hears CREDIT. */
export const windowIn = 256 * 1024;
/** What we may. */
export const windowOut = 64 * 1024;
/** Streams that the supervisor opened have this bit. */
export const forwardBit = 0x8000_0000;
export const versionBytes = 40;

export const type = {
  welcome: 0x01,
  ping: 0x02,
  verify: 0x03,
  startMore: 0x10,
  start: 0x11,
  resize: 0x12,
  kill: 0x13,
  stat: 0x20,
  read: 0x21,
  write: 0x22,
  list: 0x23,
  remove: 0x24,
  data: 0x40,
  dataErr: 0x41,
  credit: 0x42,
  end: 0x43,
  close: 0x44,
  hello: 0x81,
  pong: 0x82,
  observed: 0x83,
  started: 0x90,
  exit: 0x91,
  inputClosed: 0x92,
  status: 0xa0,
  done: 0xa1,
  open: 0xb0,
  failed: 0xf0,
} as const;

export const reason = {
  missing: 1,
  outside: 2,
  link: 3,
  kind: 4,
  tooLarge: 5,
  changed: 6,
  readOnly: 7,
  full: 8,
  denied: 9,
  startProgram: 20,
  startResources: 21,
} as const;

export interface Frame {
  readonly type: number;
  readonly id: number;
  readonly payload: Buffer;
}

/** A frame's header. */
export function header(frameType: number, id: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(headerBytes);
  bytes.writeUInt32LE(length, 0);
  bytes[4] = frameType;
  bytes.writeUInt32LE(id, 5);
  return bytes;
}

export function u32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32LE(value, 0);
  return bytes;
}
