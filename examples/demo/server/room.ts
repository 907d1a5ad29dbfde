import { replyTo } from "./heron.ts";
import type { FromHeron } from "./protocol.ts";
import { Shelf, type ShelvedFile } from "./shelf.ts";

/** How many can be in the room: each is a connection of its own. */
const MAX_GUESTS = 32;
/** All files that were sent to the room together. */
const MAX_SHELF_BYTES = 512 << 20;
/** How many of them are kept, however small. */
const MAX_SHELF_FILES = 32;

/** Someone who is in the room. */
export interface Guest {
  readonly name: string;
  tell(message: FromHeron): void;
}

/** Where everybody meets: what one says, Heron passes on to the others. */
export class Room {
  /** The files that were sent here. */
  readonly shelf = new Shelf(MAX_SHELF_BYTES, MAX_SHELF_FILES);
  #guests = new Set<Guest>();
  #say: (line: string) => void;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** Whether nobody else can come in. */
  get full(): boolean {
    return this.#guests.size >= MAX_GUESTS;
  }

  /** A name for a newcomer that nobody else here has. */
  freeName(wanted: string): string {
    const taken = new Set(this.#people);
    let name = wanted;
    for (let n = 2; taken.has(name) || name === "Heron"; n++) name = `${wanted} ${n}`;
    return name;
  }

  /** Lets a guest in: everybody hears of it, and the guest hears who is here and which files are. */
  enter(guest: Guest): void {
    this.#guests.add(guest);
    this.#say(`${guest.name} is here`);
    guest.tell({ type: "welcome", name: guest.name, people: this.#people });
    for (const file of this.shelf.files) guest.tell(announcement(file));
    this.#others(guest, {
      type: "people",
      people: this.#people,
      note: `${guest.name} is here.`,
    });
    guest.tell(asHeron(greeting(guest.name, this.#guests.size - 1)));
  }

  /** Sees a guest off. */
  leave(guest: Guest): void {
    if (!this.#guests.delete(guest)) return;
    this.#say(`${guest.name} has left`);
    this.#others(guest, { type: "people", people: this.#people, note: `${guest.name} has left.` });
  }

  /** Passes on what a guest says. Heron itself answers whoever is alone, or speaks to it. */
  say(guest: Guest, text: string): void {
    this.#others(guest, { type: "said", from: guest.name, text });
    const alone = this.#guests.size === 1;
    if (!alone && !/^\/|\bheron\b/i.test(text)) return;
    const reply = asHeron(replyTo(text, this.#people));
    for (const each of this.#guests) each.tell(reply);
  }

  /** Puts a guest's file on the shelf, and tells the others. */
  share(guest: Guest, file: ShelvedFile): void {
    this.shelf.add(file);
    this.#say(
      `${file.from} sent ${file.name}: ${file.size} bytes, SHA-256 ${file.sha256}, as it should be`,
    );
    this.#others(guest, announcement(file));
  }

  get #people(): string[] {
    return Array.from(this.#guests, ({ name }) => name);
  }

  #others(guest: Guest, message: FromHeron): void {
    for (const each of this.#guests) if (each !== guest) each.tell(message);
  }
}

function announcement({ id, name, size, sha256, from }: ShelvedFile): FromHeron {
  return { type: "file", id, name, size, sha256, from };
}

function asHeron(text: string): FromHeron {
  return { type: "said", from: "Heron", text, heron: true };
}

function greeting(name: string, others: number): string {
  const company = others === 0
    ? "You are the first one here; open this page in a second window for company."
    : others === 1
    ? "One other is here."
    : `${others} others are here.`;
  return `Hello, ${name}. I am a Deno process, and this line reached you over ICE, DTLS and SCTP. ${company}`;
}
