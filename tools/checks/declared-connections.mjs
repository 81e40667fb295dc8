// Only @clawd/egress connects to addresses that somebody else chose (T-G2). Whoever else opens a connection is named here, with
// where to: always an address that stands in the config or is this gateway's own. Read by the check of the sources (sockets.mjs)
// and by the hook that watches the tests (tools/tests/declared-sockets.mjs).

/** Files of ours. */
export const declaredFiles = [
  [/^packages\/egress\/src\/(dial|resolver)\.ts$/, "the way out itself"],
  [/^packages\/egress\/src\/(fetch|forward|secure|tunnel)\.ts$/, "over connections that dial.ts made"],
  [/^packages\/emulators\/src\//, "servers for tests; they answer whom the test names"],
  [/^packages\/provider-(?!kit\/)[a-z]+\/src\//, "the network's own address, from the config"],
  [/^packages\/sandbox\/src\//, "the container engine's socket, from the config"],
  [/^packages\/server\/src\/(listen|who-has|control-call)\.ts$/, "the gateway on its own port, on loopback"],
  [/^apps\/gateway\/src\/commands\/status\.ts$/, "the running gateway on loopback"],
];

/** Libraries that connect by themselves, where no file of ours is on the stack any more. */
export const declaredLibraries = [
  ["docker-modem", "the container engine's socket, from the config"],
  ["@anthropic-ai/sdk", "the model, at its own address or the one in the config"],
];
