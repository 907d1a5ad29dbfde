import type { Millis } from "../../core/stage/mod.ts";
import type { TransportAddress } from "../../core/wire/mod.ts";
import { Host } from "./host.ts";
import { LinkDirection, type LinkModel, plainLink } from "./link.ts";
import { NAT_KINDS, type NatBehavior, type NatKind, Translator } from "./nat.ts";
import type { Packet } from "./packet.ts";
import type { VirtualNetwork } from "./virtual_network.ts";

/** How long a `.local` name takes to be answered, and not to be. */
const MDNS_ANSWER: Millis = 20;
const MDNS_SILENCE: Millis = 3000;

/** Answers a datagram, or does not. */
export type Responder = (data: Uint8Array, from: TransportAddress) => Uint8Array | undefined;

/** How a NAT is set up. */
export interface NatOptions extends Partial<NatBehavior> {
  /** Its address on the outside. A router of kind "none" needs none. */
  outside?: string;
}

/** Something that has addresses in a network and a wire to it. */
interface Attached {
  owns(ip: string): boolean;
  arrive(packet: Packet): void;
  readonly down: LinkDirection;
}

/** A network whose hosts reach one another directly: the Internet, or what is behind one NAT. */
export class Segment {
  /** @ignore */
  readonly attached: Attached[] = [];
  readonly #hosts: Host[] = [];

  /** `net` is the whole that this is a part of. */
  constructor(readonly net: VirtualNetwork) {}

  /** Adds a host with these addresses. */
  host(...ips: string[]): Host {
    const { net } = this;
    const link = plainLink();
    const up = new LinkDirection(link, net.random), down = new LinkDirection(link, net.random);
    const host: Host = new Host(ips, link, {
      clock: net.clock,
      send: (packet) => {
        // A host reaches itself without a wire.
        if (host.ips.includes(packet.destination.ip)) net.schedule(0, () => arrive(packet));
        else net.cross(up, packet, (packet) => this.route(packet));
      },
      connectTcp: (ip, remote) => net.tcp.connect(ip, remote),
      listenTcp: (ip, port, accept) => net.tcp.listen(ip, port, accept),
      meetTcp: (local, remote) => net.tcp.meet(local, remote),
      resolve: (name) => net.names.get(name) ?? [],
      resolveMdns: (name) => this.#resolveMdns(name),
    });
    const arrive = (packet: Packet) => net.count(host.deliver(packet));
    this.#hosts.push(host);
    this.attached.push({ owns: (ip) => host.ips.includes(ip), arrive, down });
    return host;
  }

  /** Adds a NAT, and the network behind it. */
  nat(kind: NatKind, options: NatOptions = {}): NatSegment {
    return new NatSegment(this, kind, options);
  }

  /** Adds a host that answers datagrams on one port, such as a STUN server. */
  async server(ip: string, port: number, respond: Responder): Promise<Host> {
    const host = this.host(ip);
    const socket = await host.openUdp(ip, port);
    socket.readable.pipeThrough(
      new TransformStream({
        transform(batch, controller) {
          const answers = batch.flatMap(({ data, local, remote }) => {
            const answer = respond(data, remote);
            return answer === undefined ? [] : [{ data: answer, local, remote }];
          });
          if (answers.length > 0) controller.enqueue(answers);
        },
      }),
    ).pipeTo(socket.writable);
    return host;
  }

  /** Brings a packet to whoever has its destination address, or to the gateway. */
  route(packet: Packet): void {
    if (this.net.blocked(packet)) return this.net.count("blocked");
    const to = this.attached.find((one) => one.owns(packet.destination.ip));
    if (to !== undefined) this.net.cross(to.down, packet, (packet) => to.arrive(packet));
    else this.leave(packet);
  }

  /** Where packets go whose destination is not here. */
  protected leave(_packet: Packet): void {
    this.net.count("no-route");
  }

  #resolveMdns(name: string): Promise<string | undefined> {
    const host = this.#hosts.find((host) => host.mdnsNames.has(name) && !host.link.blackout);
    return new Promise((resolve) => {
      this.net.schedule(
        host === undefined ? MDNS_SILENCE : MDNS_ANSWER,
        () => resolve(host?.mdnsNames.get(name)),
      );
    });
  }
}

/** The network behind a NAT. */
export class NatSegment extends Segment {
  /** The wire between the NAT and the outside. */
  readonly link: LinkModel;
  /** What the NAT does; may be changed. Undefined for a router that translates nothing. */
  readonly translator: Translator | undefined;

  readonly #parent: Segment;
  readonly #outside: string | undefined;
  readonly #up: LinkDirection;

  constructor(parent: Segment, kind: NatKind, options: NatOptions) {
    super(parent.net);
    const { random } = parent.net;
    this.#parent = parent;
    this.#outside = options.outside;
    this.link = plainLink();
    this.#up = new LinkDirection(this.link, random);
    if (kind !== "none") {
      if (options.outside === undefined) throw new TypeError("A NAT needs an outside address");
      const behavior = { ...NAT_KINDS[kind], hairpinning: false, lifetime: 120_000, ...options };
      this.translator = new Translator(options.outside, behavior, 1024 + random.below(40_000));
    }
    parent.attached.push({
      owns: (ip) => ip === this.#outside || (kind === "none" && this.#has(ip)),
      arrive: (packet) => this.#enter(packet),
      down: new LinkDirection(this.link, random),
    });
  }

  /** Forgets every mapping, as a NAT that is switched off and on does. */
  reset(): void {
    this.translator?.reset();
  }

  protected override leave(packet: Packet): void {
    const { net, translator } = this;
    const outside = translator?.outbound(packet, net.clock.now()) ?? packet;
    if (typeof outside === "string") net.count(outside);
    else if (outside.destination.ip !== this.#outside) {
      net.cross(this.#up, outside, (packet) => this.#parent.route(packet));
    } else if (translator?.behavior.hairpinning) this.#enter(outside);
    else net.count("no-hairpinning");
  }

  #has(ip: string): boolean {
    return this.attached.some((one) => one.owns(ip));
  }

  #enter(packet: Packet): void {
    const inside = this.translator?.inbound(packet, this.net.clock.now()) ?? packet;
    if (typeof inside === "string") this.net.count(inside);
    else if (this.#has(inside.destination.ip)) this.route(inside);
    else this.net.count("no-route");
  }
}
