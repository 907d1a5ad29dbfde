/** Forward error correction: packets from which lost ones can be computed. */
export { type FecRepair, protect as protectPackets, recover as recoverPacket } from "./repair.ts";
export { parseUlpfec, writeUlpfec } from "./ulpfec.ts";
export { parseFlexfec, parseFlexfec03, writeFlexfec, writeFlexfec03 } from "./flexfec.ts";
export { FecReceiver } from "./receiver.ts";
