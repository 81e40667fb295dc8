export { filePairingStore, type FilePairingStoreOptions } from "./file-store.ts";
export { accountsWithRequests, filePairings, type FilePairingsOptions } from "./file-pairings.ts";
export { examinePairingFiles } from "./examine-files.ts";
