import * as node from "node:test";

/** A test or a hook. */
export type Step = () => void | Promise<void>;

/** Groups tests. */
export function describe(name: string, fn: () => void): void {
  node.describe(name, fn);
}

/** One test. */
export function it(name: string, fn: Step): void {
  node.it(name, fn);
}

/** Runs before each test of its group. */
export function beforeEach(fn: Step): void {
  node.beforeEach(fn);
}

/** Runs after each test of its group, even one that failed. */
export function afterEach(fn: Step): void {
  node.afterEach(fn);
}

/** Runs once before the tests of its group. */
export function beforeAll(fn: Step): void {
  node.before(fn);
}

/** Runs once after the tests of its group. */
export function afterAll(fn: Step): void {
  node.after(fn);
}
