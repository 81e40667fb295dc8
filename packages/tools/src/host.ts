/** The host as a place. */
export {};
