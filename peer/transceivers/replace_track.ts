import type { MediaStreamTrack } from "../../media/media_stream_track.ts";
import { queueTask } from "../../webidl/task.ts";
import type { SenderSlots } from "./slots.ts";

/** The steps of `replaceTrack` (W3C WebRTC section 5.2). Any track of the kind can be sent: what is in it is encoded already. */
export function replaceTrack(
  sender: SenderSlots,
  withTrack: MediaStreamTrack | null,
  context: string,
): Promise<void> {
  const { transceiver } = sender;
  const { host, kind } = transceiver;
  if (withTrack !== null && withTrack.kind !== kind) {
    throw new TypeError(`${context}: the track is of kind ${withTrack.kind}, not ${kind}`);
  }
  return host.chain.chain(() => {
    if (transceiver.stopping) {
      throw new DOMException(`${context}: the transceiver has been stopped`, "InvalidStateError");
    }
    return new Promise((resolve) =>
      queueTask(() => {
        if (host.isClosed) return;
        sender.track = withTrack;
        host.media.update(transceiver);
        queueTask(resolve);
      })
    );
  });
}
