/** Options of {@linkcode TextLineStream}. */
export interface TextLineStreamOptions {
  /** Whether a lone carriage return ends a line too; the adapter doesn't do that. */
  allowCR?: false;
}

/** Cuts text into lines, which end in LF or CRLF; the last one needs no end. */
export class TextLineStream extends TransformStream<string, string> {
  constructor(_options: TextLineStreamOptions = {}) {
    let rest = "";
    super({
      transform(chunk, controller) {
        const lines = (rest + chunk).split(/\r?\n/);
        rest = lines.pop()!;
        // The LF of a CRLF may be in the next chunk; then the CR is still at the end of the rest.
        for (const line of lines) controller.enqueue(line);
      },
      flush(controller) {
        if (rest !== "") controller.enqueue(rest);
      },
    });
  }
}
