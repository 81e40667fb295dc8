/** A promise, and who settles it. */
export interface Deferred {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(fault: unknown): void;
}

export function deferred(): Deferred {
  let settle!: Pick<Deferred, "resolve" | "reject">;
  const promise = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
  return { promise, ...settle };
}
