/**
 * Milliseconds after which something counts as hanging. It is no figure of speed, which a busy machine would spoil: what is quadratic in
 * a hostile input takes far longer.
 */
export const HANG = 10_000;
