/** Who we are, as `getMe` says. */
export interface Bot {
  readonly id: number;
  readonly username: string;
}
