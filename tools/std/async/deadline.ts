/** Options of {@linkcode deadline}. */
export interface DeadlineOptions {
  /** Ends the wait early, with a rejection. */
  signal?: AbortSignal;
}

/** The promise, or a rejection with a `TimeoutError` after `ms` milliseconds. */
export async function deadline<T>(
  p: Promise<T>,
  ms: number,
  options: DeadlineOptions = {},
): Promise<T> {
  const timeout = new AbortController();
  const timer = setTimeout(
    () => timeout.abort(new DOMException("Signal timed out.", "TimeoutError")),
    ms,
  );
  const signals = options.signal === undefined
    ? [timeout.signal]
    : [timeout.signal, options.signal];
  const signal = AbortSignal.any(signals);
  let abort: () => void;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
  });
  try {
    return await Promise.race([aborted, p]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort!);
  }
}
