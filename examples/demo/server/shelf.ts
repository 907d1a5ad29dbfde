import type { FileCard } from "./protocol.ts";

/** All files together; the oldest make room for a new one. */
const MAX_SHELF_BYTES = 512 << 20;
/** How many files are kept, however small. */
const MAX_SHELF_FILES = 32;

/** A file in memory. */
export interface ShelvedFile extends FileCard {
  readonly from: string;
  readonly parts: readonly Uint8Array<ArrayBuffer>[];
}

/** The files that were sent to the room, for whoever wants to fetch them. */
export class Shelf {
  #files = new Map<string, ShelvedFile>();
  #bytes = 0;

  /** The files, oldest first. */
  get files(): readonly ShelvedFile[] {
    return [...this.#files.values()];
  }

  /** The file of that id, if it is still here. */
  get(id: string): ShelvedFile | undefined {
    return this.#files.get(id);
  }

  /** Adds a file. */
  add(file: ShelvedFile): void {
    this.#files.set(file.id, file);
    this.#bytes += file.size;
    for (const { id, size } of this.files) {
      if (this.#bytes <= MAX_SHELF_BYTES && this.#files.size <= MAX_SHELF_FILES) return;
      this.#files.delete(id);
      this.#bytes -= size;
    }
  }
}
