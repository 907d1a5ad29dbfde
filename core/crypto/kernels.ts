import { KERNELS_BASE64 } from "./kernels_wasm.ts";

/** What `kernels/kernels.ts` exports; its sources say what each function does and where it finds its operands. */
export interface Kernels {
  /** The whole linear memory, shared: a caller leaves no key in it. */
  readonly memory: Uint8Array<ArrayBuffer>;
  /** Addresses of the memory map, `kernels/layout.ts`. */
  readonly at: {
    readonly key: number;
    readonly nonce: number;
    readonly polyKey: number;
    readonly result: number;
    readonly stream: number;
    readonly hmacInner: number;
    readonly hmacBlock: number;
    readonly secretsEnd: number;
    readonly message: number;
    readonly counters: number;
  };
  /** Bytes of AAD and text together that a message may have. */
  readonly messageLimit: number;
  /** Bytes of counter blocks that one batch may have. */
  readonly countersLimit: number;
  chacha20(counter: number, out: number): void;
  poly1305(at: number, length: number): void;
  chacha20Poly1305Seal(aadLength: number, length: number): void;
  chacha20Poly1305Open(aadLength: number, length: number): number;
  ghashKey(): void;
  ghash(at: number, length: number): void;
  counterBlocks(at: number, blocks: number): void;
  gcmSeal(aadLength: number, length: number, keystream: number): void;
  gcmOpen(aadLength: number, length: number, keystream: number): number;
  ctrBlocks(at: number, blocks: number): void;
  ctrApply(length: number, keystream: number): void;
  hmacSha1Key(): void;
  hmacSha1(length: number): void;
}

let instance: Kernels | undefined | null = null;

/** The one instance of the kernels, made at first use; undefined where the runtime lacks WebAssembly or its SIMD. */
export function kernels(): Kernels | undefined {
  if (instance === null) instance = instantiate();
  return instance;
}

function instantiate(): Kernels | undefined {
  const code = Uint8Array.from(atob(KERNELS_BASE64), (char) => char.charCodeAt(0));
  try {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code));
    const address = (name: string) => (exports[name] as WebAssembly.Global).value as number;
    const memory = exports["memory"] as WebAssembly.Memory;
    return {
      ...exports as unknown as Kernels,
      memory: new Uint8Array(memory.buffer as ArrayBuffer),
      at: {
        key: address("KEY"),
        nonce: address("NONCE"),
        polyKey: address("POLY_KEY"),
        result: address("RESULT"),
        stream: address("STREAM"),
        hmacInner: address("HMAC_INNER"),
        hmacBlock: address("HMAC_BLOCK"),
        secretsEnd: address("SECRETS_END"),
        message: address("MESSAGE"),
        counters: address("COUNTERS"),
      },
      messageLimit: address("MESSAGE_LIMIT"),
      countersLimit: address("COUNTERS_LIMIT"),
    };
  } catch {
    return undefined; // no WebAssembly, no SIMD, or a policy against it
  }
}
