import { nodeProvider } from "../../core/crypto/node_provider.ts";
import type { CryptoProvider } from "../../core/crypto/provider.ts";

const made = new Set<Disposable>();

/** Most tests leave their endpoints open; what those hold outside of the heap is freed when each test ends. */
Deno.test.afterEach(() => {
  for (const cipher of made) cipher[Symbol.dispose]();
  made.clear();
});

/** Frees a cipher at the end of the test, unless its owner does so before. */
export function freed<Cipher extends Disposable>(cipher: Cipher): Cipher {
  made.add(cipher);
  const dispose = cipher[Symbol.dispose];
  cipher[Symbol.dispose] = function () {
    if (made.delete(cipher)) dispose.call(cipher);
  };
  return cipher;
}

/** The provider of the runtime, whose ciphers are freed at the end of each test. */
export const crypto: CryptoProvider = {
  ...nodeProvider,
  aead: (name, key) => freed(nodeProvider.aead(name, key)),
  aesCtr: (key) => freed(nodeProvider.aesCtr(key)),
};
