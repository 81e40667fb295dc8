/** Names only. */
export {};
