import { assertEquals } from "@std/assert";
import {
  answerDirection,
  type Direction,
  intersectDirections,
  isAnswerTo,
  negotiatedDirection,
  receives,
  sends,
} from "../../../peer/jsep/media/mod.ts";

const ALL: readonly Direction[] = ["sendrecv", "sendonly", "recvonly", "inactive"];

Deno.test("RFC 3264 section 6.1: what may be answered to what", () => {
  const allowed: Record<Direction, readonly Direction[]> = {
    sendrecv: ALL,
    sendonly: ["recvonly", "inactive"],
    recvonly: ["sendonly", "inactive"],
    inactive: ["inactive"],
  };
  for (const offered of ALL) {
    assertEquals(ALL.filter((answered) => isAnswerTo(offered, answered)), allowed[offered]);
    for (const own of ALL) {
      assertEquals(isAnswerTo(offered, answerDirection(offered, own)), true);
    }
  }
});

Deno.test("RFC 9429 section 5.3.1: an answer takes as much of the offer as its side wants", () => {
  assertEquals(answerDirection("sendonly", "sendrecv"), "recvonly");
  assertEquals(answerDirection("sendrecv", "recvonly"), "recvonly");
  assertEquals(answerDirection("recvonly", "recvonly"), "inactive");
  assertEquals(answerDirection("sendrecv", "sendrecv"), "sendrecv");
  assertEquals(answerDirection("inactive", "sendrecv"), "inactive");
});

Deno.test("who sends and who receives", () => {
  assertEquals(ALL.map(sends), [true, true, false, false]);
  assertEquals(ALL.map(receives), [true, false, true, false]);
  assertEquals(ALL.map((direction) => intersectDirections("sendonly", direction)), [
    ...["sendonly", "sendonly", "inactive", "inactive"],
  ]);
});

Deno.test("W3C WebRTC: the current direction is the answer's, as this side sees it", () => {
  assertEquals(negotiatedDirection("recvonly", "remote"), "sendonly");
  assertEquals(negotiatedDirection("recvonly", "local"), "recvonly");
});
