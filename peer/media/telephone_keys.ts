/** Keys of a telephone, each at the number of its event (RFC 4733 section 3.2). */
export const TELEPHONE_KEYS = "0123456789*#ABCD";
