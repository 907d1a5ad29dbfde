import { assert } from "@std/assert";
import { MediaStreamTrackGenerator } from "../../../media/mod.ts";
import type { RTCPeerConnection, RTCSessionDescriptionInit } from "../../../mod.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { Pair } from "../pair.ts";

/** What stands between two peers, and changes each description in the same way. */
type Meddler = (description: RTCSessionDescriptionInit) => RTCSessionDescriptionInit;

/** Changes the text of a description. */
function editing(edit: (sdp: string) => string, type?: "offer" | "answer"): Meddler {
  return (description) =>
    type !== undefined && description.type !== type
      ? description
      : { type: description.type, sdp: edit(description.sdp!) };
}

/** Changes the sections that `isMeant` picks, which is asked for each by its number, the same way each time. */
function section(isMeant: (index: number) => boolean, edit: (section: string) => string) {
  return (sdp: string) => {
    const [head, ...sections] = sdp.split(/^(?=m=)/m);
    return head + sections.map((text, index) => isMeant(index) ? edit(text) : text).join("");
  };
}

function dropping(lines: RegExp): (sdp: string) => string {
  return (sdp) => sdp.split("\r\n").filter((line) => !lines.test(line)).join("\r\n");
}

/** Whoever is in between rewrites: a gateway that does not know something, an application that "munges", a peer of another mind. */
const MEDDLERS: Record<string, (random: Random) => Meddler> = {
  "knows no bundling": () => editing(dropping(/^a=group:BUNDLE/)),
  "answers without bundling": () => editing(dropping(/^a=group:BUNDLE/), "answer"),
  "takes one out of the bundle": (random) => {
    const mid = random.below(4);
    const drop = (line: string) =>
      line.split(" ").filter((word, i) => i === 0 || word !== `${mid}`).join(" ");
    return editing((sdp) => sdp.replace(/^a=group:BUNDLE.*/m, drop), "answer");
  },
  "turns the bundle around": () =>
    editing(
      (sdp) =>
        sdp.replace(
          /^a=group:BUNDLE (.*)/m,
          (_, mids) => `a=group:BUNDLE ${mids.split(" ").reverse().join(" ")}`,
        ),
      "answer",
    ),
  "rejects a section": (random) => {
    const meant = random.below(4);
    return editing((sdp) => {
      let mid: string | undefined;
      const rejecting = section((index) => index === meant, (text) => {
        mid = /^a=mid:(.*)$/m.exec(text)![1];
        return text.replace(/^(m=\S+) \d+/, "$1 0");
      })(sdp);
      const without = (line: string) => line.split(" ").filter((word) => word !== mid).join(" ");
      return rejecting.replace(/^a=group:BUNDLE.*/m, without);
    }, "answer");
  },
  "is inactive": (random) => {
    const meant = random.below(5);
    const isMeant = (index: number) => meant === 4 || index === meant;
    const edit = (text: string) => text.replace(/^a=(sendrecv|sendonly|recvonly)$/m, "a=inactive");
    return editing(section(isMeant, edit), random.pick(["answer", undefined]));
  },
  "sends nothing": () =>
    editing(
      (sdp) =>
        sdp.replaceAll(/^a=sendonly$/mg, "a=inactive").replaceAll(/^a=sendrecv$/mg, "a=recvonly"),
      "answer",
    ),
  "knows no simulcast": (random) =>
    editing(dropping(/^a=(rid|simulcast):/), random.pick(["answer", undefined])),
  "takes one layer": () =>
    editing((sdp) => sdp.replaceAll(/^a=simulcast:(send|recv) (\w+).*/mg, "a=simulcast:$1 $2")),
  "tells no streams": (random) =>
    editing(dropping(/^a=(msid|ssrc)/), random.pick(["answer", undefined])),
  "renames the streams": () => editing((sdp) => sdp.replaceAll(/^a=msid:\S+/mg, "a=msid:other")),
  "knows no extensions": (random) => {
    const id = random.pick(["1", "[2-9]", ".*"]);
    return editing(
      dropping(new RegExp(`^a=extmap:${id}[ /]`)),
      random.pick(["answer", undefined]),
    );
  },
  "multiplexes no RTCP": (random) =>
    editing(dropping(/^a=rtcp-mux/), random.pick(["answer", undefined])),
  "sends full RTCP": () => editing(dropping(/^a=rtcp-(rsize|fb)/)),
  "prefers another codec": () =>
    editing((sdp) =>
      sdp.replaceAll(
        /^(m=(?:audio|video) \d+ \S+) (.*)/mg,
        (_, start, types) => `${start} ${types.split(" ").reverse().join(" ")}`,
      )
    ),
  "knows no codec": (random) => {
    const meant = random.below(4);
    const edit = (text: string) =>
      text.replace(/^(m=(?:audio|video) \d+ \S+) .*/, "$1 73").replaceAll(
        /^a=(rtpmap|fmtp|rtcp-fb|rid|simulcast):.*\r\n/mg,
        "",
      );
    return editing(section((index) => index === meant, edit), "offer");
  },
};

/** What an application has asked for at its end. */
function setUp(pc: RTCPeerConnection, random: Random): void {
  for (let count = 1 + random.below(4); count > 0; count--) {
    const kind = random.pick(["audio", "video"] as const);
    switch (random.below(4)) {
      case 0:
        pc.addTrack(new MediaStreamTrackGenerator({ kind }));
        break;
      case 1:
        pc.createDataChannel("channel");
        break;
      case 2:
        pc.addTransceiver("video", {
          direction: "sendonly",
          sendEncodings: ["a", "b", "c"].map((rid) => ({ rid })),
        });
        break;
      default:
        pc.addTransceiver(kind, {
          direction: random.pick(["sendrecv", "sendonly", "recvonly", "inactive"]),
        });
    }
  }
}

/** What an application asks for later on. */
function change(pc: RTCPeerConnection, random: Random): void {
  const transceivers = pc.getTransceivers();
  const transceiver = transceivers.length > 0 ? random.pick(transceivers) : undefined;
  switch (random.below(6)) {
    case 0:
      return pc.restartIce();
    case 1:
      return transceiver?.stop();
    case 2:
      pc.createDataChannel("another");
      return;
    case 3:
      if (transceiver !== undefined) transceiver.direction = random.pick(["sendrecv", "inactive"]);
      return;
    case 4:
      if (transceiver !== undefined) pc.removeTrack(transceiver.sender);
      return;
    default:
      setUp(pc, random);
  }
}

/** How many exchanges honest peers may need: what one wants, what the other wants of that, and what either is told no to. */
const MAX_ROUNDS = 6;

const POLICIES = ["balanced", "max-compat", "max-bundle"] as const;

/** Negotiates whenever either end asks for it. Tells how that has ended, after how many exchanges. */
async function negotiateAll(pair: Pair, meddle: Meddler): Promise<"settled" | "refused"> {
  const ends = [pair.alice, pair.bob];
  const wants = new Set<RTCPeerConnection>();
  for (const pc of ends) pc.onnegotiationneeded = () => wants.add(pc);
  for (let round = 0;; round++) {
    await pair.advance(10);
    const offerer = ends.find((pc) => wants.has(pc));
    if (offerer === undefined) return "settled";
    assert(round < MAX_ROUNDS, "negotiation is needed again and again");
    wants.delete(offerer);
    const answerer = offerer === pair.alice ? pair.bob : pair.alice;
    try {
      await offerer.setLocalDescription();
      await answerer.setRemoteDescription(meddle(offerer.localDescription!));
      await answerer.setLocalDescription();
      await offerer.setRemoteDescription(meddle(answerer.localDescription!));
    } catch (error) {
      if (error instanceof DOMException && error.name === "InvalidAccessError") return "refused";
      throw error;
    }
  }
}

/** Negotiates between two ends that are set up at random, with policies at random. */
async function run(seed: number, random: Random, meddle: Meddler) {
  const configuration = { bundlePolicy: random.pick(POLICIES) };
  const pair = new Pair({ seed, trickle: false, configuration });
  setUp(pair.alice, random);
  if (random.chance(0.5)) setUp(pair.bob, random);
  try {
    for (let changes = 0; changes < 4; changes++) {
      if (await negotiateAll(pair, meddle) === "refused") return "refused";
      change(random.pick([pair.alice, pair.bob]), random);
    }
    return "settled";
  } catch (cause) {
    throw new Error(`HERON_SEED=${seed}, with ${configuration.bundlePolicy}`, { cause });
  } finally {
    await pair.close();
  }
}

/** Descriptions without which there is no transport; everything else is to be lived with. */
const REFUSED = ["without bundling", "out of the bundle", "multiplexes no RTCP"];

for (const [name, make] of Object.entries(MEDDLERS)) {
  Deno.test(`W3C WebRTC section 4.7.3: negotiation comes to an end though somebody ${name}`, async () => {
    const seed = seedForRun(name);
    const ends = [];
    for (let i = 0; i < 10; i++) {
      const random = new Random(seed + i);
      ends.push(await run(seed + i, random, make(random)));
    }
    const mayBeRefused = REFUSED.some((text) => name.includes(text));
    assert(mayBeRefused || !ends.includes("refused"), `${ends}`);
  });
}

Deno.test("W3C WebRTC section 4.7.3: negotiation comes to an end though somebody does several of these things", async () => {
  const seed = seedForRun("meddlers");
  let settled = 0;
  for (let i = 0; i < 50; i++) {
    const random = new Random(seed + i);
    const meddlers = Array.from(
      { length: 3 },
      () => random.pick(Object.values(MEDDLERS))(random),
    );
    const all = (description: RTCSessionDescriptionInit) =>
      meddlers.reduce((described, meddle) => meddle(described), description);
    if (await run(seed + i, random, all) === "settled") settled++;
  }
  assert(settled > 10, `${settled}`);
});
