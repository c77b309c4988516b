/** 128 random bits in hex, for an Idempotency-Key. `crypto.randomUUID` exists only on pages served with TLS. */
export const randomKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
