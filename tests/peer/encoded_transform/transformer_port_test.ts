import { assertEquals } from "@std/assert";
import {
  type FromTransformer,
  START,
  type ToTransformer,
} from "../../../peer/encoded_transform/messages.ts";
import { TransformerPort } from "../../../peer/encoded_transform/transformer_port.ts";

Deno.test("a peer that asks for key frames again and again has one asked of the encoder at a time (section 4.9)", async () => {
  const { port1, port2 } = new MessageChannel();
  const { timeOrigin } = performance;
  const transformer = new TransformerPort({
    is: START,
    port: port1,
    options: undefined,
    timeOrigin,
  });
  let events = 0;
  transformer.target = new EventTarget();
  transformer.target.addEventListener("keyframerequest", () => events++);
  const calls: number[] = [];
  let told = Promise.withResolvers<void>();
  port2.onmessage = ({ data }: MessageEvent<FromTransformer>) => {
    if (data.is === "generateKeyFrame") calls.push(data.call);
    told.resolve();
  };
  const post = (...messages: ToTransformer[]) =>
    messages.forEach((each) => port2.postMessage(each));
  const request = { is: "keyframerequest", rid: undefined } as const;
  post({ is: "associated", side: "sender", kind: "video" }, request, request, request);
  await told.promise;
  told = Promise.withResolvers();
  // Once the first has been answered, there may be another.
  post({ is: "rejected", call: calls[0]!, message: "nothing is sent" });
  post(request, request);
  await told.promise;
  post({ is: "ended" });
  await transformer.readable.getReader().closed;
  assertEquals([events, calls.length], [5, 2]);
  port2.close();
});
