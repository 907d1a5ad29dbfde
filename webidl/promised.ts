/** An operation that returns a promise throws nothing: it rejects (WebIDL section 3.7.7). */
export function promised<T>(operation: () => T | Promise<T>): Promise<T> {
  try {
    return Promise.resolve(operation());
  } catch (error) {
    return Promise.reject(error);
  }
}
