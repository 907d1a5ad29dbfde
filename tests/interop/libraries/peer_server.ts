/** What PeerJS needs of a server: it gives ids, and hands messages on. */
export class PeerServer {
  readonly #sockets = new Map<string, WebSocket>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#handle(request),
    );
  }

  /** Where it listens, as PeerJS wants to be told. */
  get options(): { host: string; port: number; path: string; secure: boolean } {
    const { hostname, port } = this.#server.addr;
    return { host: hostname, port, path: "/", secure: false };
  }

  /** Ends once every peer has gone. */
  close(): Promise<void> {
    return this.#server.shutdown();
  }

  #handle(request: Request): Response {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/peerjs/id") return new Response(crypto.randomUUID());
    const id = searchParams.get("id");
    if (id === null) return new Response(null, { status: 404 });
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onopen = () => {
      this.#sockets.set(id, socket);
      socket.send(JSON.stringify({ type: "OPEN" }));
    };
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      this.#sockets.get(message.dst)?.send(JSON.stringify({ ...message, src: id }));
    };
    socket.onclose = () => this.#sockets.delete(id);
    return response;
  }
}
