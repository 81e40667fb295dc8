/** Names of Linux signals; the gateway's own system may number them differently. */
const names =
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS".split(
    " ",
  );

export function signalName(number: number): string {
  const name = names[number - 1];
  return name === undefined ? `SIG${number}` : `SIG${name}`;
}
