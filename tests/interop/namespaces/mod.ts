/**
 * Machines on a network of their own: Linux network namespaces, joined by virtual Ethernet, with the kernel's own NAT between them.
 *
 * @module
 */

async function run(...command: readonly string[]): Promise<void> {
  const [program, ...args] = command;
  const { success, stderr } = await new Deno.Command(program!, {
    args,
    stdout: "null",
    stderr: "piped",
  })
    .output();
  if (!success) throw new Error(`${command.join(" ")}: ${new TextDecoder().decode(stderr).trim()}`);
}

/** A machine: a network namespace that is there until it is disposed of. */
export class Machine implements AsyncDisposable {
  readonly #name = `heron-${crypto.randomUUID().slice(0, 8)}`;

  /** A machine with nothing but its loopback interface. */
  static async start(): Promise<Machine> {
    const machine = new Machine();
    await run("ip", "netns", "add", machine.#name);
    await machine.run("ip", "link", "set", "lo", "up");
    return machine;
  }

  /** What starts a program on this machine, to be put before its own command. */
  get prefix(): readonly string[] {
    return ["ip", "netns", "exec", this.#name];
  }

  /** Runs a program on it; throws what it complains of. */
  run(...command: readonly string[]): Promise<void> {
    return run(...this.prefix, ...command);
  }

  /** Lays a wire to another machine: the interface's name at both ends, and an address with its prefix length for each. */
  async connect(other: Machine, name: string, own: string, theirs: string): Promise<void> {
    const [here, there] = [this.#name, other.#name];
    await run(
      ...["ip", "link", "add", name, "netns", here, "type", "veth"],
      ...["peer", "name", name, "netns", there],
    );
    for (const [machine, address] of [[this, own], [other, theirs]] as const) {
      // Without looking for another machine that has the address already, which would take a second.
      const atOnce = address.includes(":") ? ["nodad"] : [];
      await machine.run("ip", "address", "add", address, "dev", name, ...atOnce);
      await machine.run("ip", "link", "set", name, "up");
    }
  }

  /** Sends what is for elsewhere to a gateway. */
  route(gateway: string): Promise<void> {
    return this.run("ip", "route", "add", "default", "via", gateway);
  }

  /** Passes packets on. */
  forward(): Promise<void> {
    return this.run("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward");
  }

  /** Loads rules of nftables. */
  rules(text: string): Promise<void> {
    return this.run("nft", `${text}\n`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run("ip", "netns", "delete", this.#name).catch(() => {});
  }
}

/**
 * What a home's router does. Linux keeps the port where it can, which makes one mapping for all destinations (RFC 4787 section 4.1), and
 * lets only those in who were spoken to; with random ports each destination has a mapping of its own.
 */
export type Nat = "port-restricted" | "symmetric" | "without UDP";

/** Two machines on one wire, each with a firewall that lets out what it likes, and in what answers that; of UDP nothing. */
export async function twoFirewalls(
  stack: AsyncDisposableStack,
): Promise<{ alice: Machine; bob: Machine }> {
  const [alice, bob] = [stack.use(await Machine.start()), stack.use(await Machine.start())];
  await alice.connect(bob, "wire", "192.0.2.1/24", "192.0.2.2/24");
  for (const machine of [alice, bob]) {
    await machine.rules(`
      table ip firewall {
        chain in {
          type filter hook input priority 0; policy drop;
          iifname lo accept;
          meta l4proto tcp ct state established,related accept;
        }
        chain out { type filter hook output priority 0; ct state new accept; }
      }`);
  }
  return { alice, bob };
}

const NAT_RULES: Record<Nat, string> = {
  "port-restricted": "oifname outside masquerade",
  symmetric: "oifname outside masquerade fully-random",
  "without UDP": "oifname outside masquerade",
};

/** Two homes and the Internet between them, in which a server stands at `server`. */
export class TwoHomes implements AsyncDisposable {
  readonly server = "203.0.113.1";

  private constructor(
    readonly internet: Machine,
    readonly alice: Machine,
    readonly bob: Machine,
    readonly stack: AsyncDisposableStack,
  ) {}

  /** Alice and Bob, each behind a NAT. */
  static async build(nats: { alice: Nat; bob: Nat }): Promise<TwoHomes> {
    const stack = new AsyncDisposableStack();
    const machine = async () => stack.use(await Machine.start());
    try {
      const [internet, alice, bob] = [await machine(), await machine(), await machine()];
      await internet.forward();
      for (const [host, nat, net] of [[alice, nats.alice, 1], [bob, nats.bob, 2]] as const) {
        const router = await machine();
        await router.forward();
        await host.connect(router, "inside", `192.168.${net}.2/24`, `192.168.${net}.1/24`);
        await host.route(`192.168.${net}.1`);
        const outside = net === 1 ? "203.0.113" : "198.51.100";
        await internet.connect(router, `home${net}`, `${outside}.1/24`, `${outside}.2/24`);
        await router.run("ip", "link", "set", `home${net}`, "down");
        await router.run("ip", "link", "set", `home${net}`, "name", "outside", "up");
        await router.route(`${outside}.1`);
        // A router drops what knocks at itself: else the kernel keeps that port from whom inside it belongs to.
        await router.rules(`
          table ip home {
            chain nat { type nat hook postrouting priority 100; ${NAT_RULES[nat]}; }
            chain knocks { type filter hook input priority 0; iifname outside drop; }
            chain filter {
              type filter hook forward priority 0; policy drop;
              ${nat === "without UDP" ? "meta l4proto udp drop;" : ""}
              iifname inside accept;
              ct state established,related accept;
            }
          }`);
      }
      // coturn gives up an allocation that is to send where no route leads; on the Internet a route leads everywhere.
      await internet.route("203.0.113.2");
      return new TwoHomes(internet, alice, bob, stack);
    } catch (error) {
      await stack.disposeAsync();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stack.disposeAsync();
  }
}

/** Why namespaces can't be made here; undefined if they can. */
export const whyNoNamespaces: string | undefined = await (async () => {
  try {
    await using machine = await Machine.start();
    await machine.rules(`table ip test {
      chain nat { type nat hook postrouting priority 100; masquerade; }
    }`);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
})();
