import type { FileCard } from "./protocol.ts";

/** A file in memory. */
export interface ShelvedFile extends FileCard {
  readonly from: string;
  readonly parts: readonly Uint8Array<ArrayBuffer>[];
}

/** Files for whoever wants to fetch them. */
export class Shelf {
  #maxBytes: number;
  #maxFiles: number;
  #files = new Map<string, ShelvedFile>();
  #bytes = 0;

  /** The oldest files make room for a new one where all together have more bytes, or there are more of them. */
  constructor(maxBytes: number, maxFiles: number) {
    this.#maxBytes = maxBytes;
    this.#maxFiles = maxFiles;
  }

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
      if (this.#bytes <= this.#maxBytes && this.#files.size <= this.#maxFiles) return;
      this.#files.delete(id);
      this.#bytes -= size;
    }
  }
}
