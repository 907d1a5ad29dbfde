/** Whether bytes begin with a start code (ITU-T H.264 and H.265, annex B): two zeros or more, and a one. */
export function isAnnexB(data: Uint8Array): boolean {
  const start = data.findIndex((byte) => byte !== 0);
  return start >= 2 && data[start] === 1;
}
