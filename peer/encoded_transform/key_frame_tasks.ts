/** A layer of what a sender sends: its restriction identifier, or null where it has none. */
export type Layer = string | null;

interface KeyFrameTask {
  readonly id: number;
  readonly layers: Set<Layer>;
}

/** [[pendingKeyFrameTasks]] of a sender's encoder (W3C WebRTC Encoded Transform section 4.10). */
export class KeyFrameTasks {
  readonly #tasks = new Set<KeyFrameTask>();

  /**
   * Adds a task that ends when there has been a key frame of every layer. Returns the layers to ask for one: those that no task waits for.
   *
   * Deviation: the text takes these out of the task, too, so that the second of two calls would wait for ever.
   */
  add(id: number, layers: readonly Layer[]): Layer[] {
    const wanted = layers.filter((layer) =>
      ![...this.#tasks].some((task) => task.layers.has(layer))
    );
    this.#tasks.add({ id, layers: new Set(layers) });
    return wanted;
  }

  /** There is a key frame of a layer; returns the tasks that end with it. */
  arrived(layer: Layer): number[] {
    const ended: number[] = [];
    for (const task of this.#tasks) {
      if (!task.layers.delete(layer) || task.layers.size > 0) continue;
      this.#tasks.delete(task);
      ended.push(task.id);
    }
    return ended;
  }
}
