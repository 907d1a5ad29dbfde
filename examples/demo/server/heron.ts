/** What Heron says when nothing better comes to its mind, in turn. */
const REMARKS: readonly string[] = [
  "Noted. I stand very still and listen.",
  "That came through whole and in order. Ordered, reliable: as channels are by default.",
  "A heron waits. An SCTP association does too: with heartbeats, every thirty seconds.",
  "I would nod, but it scares the fish.",
  "Between us: a cookie, four flights of DTLS, and a four-way handshake. Then your words.",
  "Try sending me a file. I will count its bytes and check its hash.",
  "Your line fit into one packet. Most thoughts do.",
];

let remarks = 0;

/** Heron's answer to a line of chat. */
export function replyTo(text: string, people: readonly string[]): string {
  const words = text.toLowerCase();
  if (/^\/?help\b/.test(words)) {
    return "Ask me for /who, /time or /roll, send me a file, or just talk. With others here I answer only to my name.";
  }
  if (/^\/?who\b/.test(words)) return `Here: ${people.join(", ")}, and I.`;
  if (/^\/?time\b/.test(words)) {
    return `By my clock it is ${new Date().toLocaleTimeString("en-GB")}.`;
  }
  if (/^\/?roll\b/.test(words)) return `A ${1 + Math.floor(Math.random() * 6)}.`;
  if (/\b(hello|hi|hey|hallo|salut|hola)\b/.test(words)) {
    return "Hello to you. The water is calm today.";
  }
  if (/\b(thanks|thank you|danke|merci)\b/.test(words)) return "With pleasure.";
  return REMARKS[remarks++ % REMARKS.length]!;
}
