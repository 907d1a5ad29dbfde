import { Room } from "./room.ts";
import { Visitor } from "./visitor.ts";

const PAGE = new URL("../page/", import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

/** The page needs nothing from anywhere else, and says so to the browser. */
const SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "media-src blob:", // recordings
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/**
 * The demo as a handler for `Deno.serve`: the page's files, and the signalling under `/signal`. `say` hears in a line each what
 * goes on in the room.
 */
export function createDemo(say: (line: string) => void): (request: Request) => Promise<Response> {
  const room = new Room(say);
  return async (request) => {
    const { pathname } = new URL(request.url);
    return pathname === "/signal" ? signal(request, room) : await file(pathname);
  };
}

function signal(request: Request, room: Room): Response {
  // A page of another origin may open a WebSocket to this one; it must not get into the room.
  const origin = request.headers.get("origin");
  const known = origin !== null && URL.canParse(origin) &&
    new URL(origin).host === request.headers.get("host");
  if (request.headers.get("upgrade") !== "websocket" || !known) {
    return new Response("A WebSocket of the demo's own page belongs here", { status: 400 });
  }
  if (room.full) return new Response("The room is full", { status: 503 });
  const { socket, response } = Deno.upgradeWebSocket(request);
  new Visitor(socket, room);
  return response;
}

async function file(pathname: string): Promise<Response> {
  const name = pathname === "/" ? "index.html" : pathname.slice(1);
  const type = TYPES[name.split(".").at(-1)!];
  // One folder of plain names: nothing outside of it can be asked for.
  if (!/^[a-z_]+\.[a-z]+$/.test(name) || type === undefined) return notFound();
  const body = await Deno.readFile(new URL(name, PAGE)).catch(() => undefined);
  if (body === undefined) return notFound();
  return new Response(body, {
    headers: {
      "content-type": type,
      "cache-control": "no-cache",
      "content-security-policy": SECURITY_POLICY,
      "x-content-type-options": "nosniff",
    },
  });
}

function notFound(): Response {
  return new Response("There is nothing here", { status: 404 });
}
