"""aiortc as the program of tests/interop/harness/protocol.ts: requests come as lines of JSON, reports leave so."""

import asyncio
import base64
import json
import sys

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.sdp import candidate_from_sdp


def say(**report):
    sys.stdout.write(json.dumps(report) + "\n")
    sys.stdout.flush()


def as_json(description):
    return description and {"type": description.type, "sdp": description.sdp}


class Connection:
    def __init__(self, number):
        self.number = number
        self.channels = {}
        self.announced = 0
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        for name in ("connection", "iceconnection", "icegathering", "signaling"):
            self.pc.on(f"{name}statechange", self.say_state)
        self.pc.on("datachannel", self.announce)

    def say_state(self):
        say(
            event="state",
            pc=self.number,
            connection=self.pc.connectionState,
            ice=self.pc.iceConnectionState,
            gathering=self.pc.iceGatheringState,
            signaling=self.pc.signalingState,
            local=as_json(self.pc.localDescription),
        )

    def announce(self, channel):
        self.announced -= 1
        say(event="datachannel", pc=self.number, channel=self.announced, label=channel.label)
        self.add(self.announced, channel)

    def add(self, number, channel):
        self.channels[number] = channel

        def tell(event, **more):
            say(event=event, pc=self.number, channel=number, **more)

        def opened():
            tell(
                "open",
                id=channel.id,
                protocol=channel.protocol,
                ordered=channel.ordered,
                maxRetransmits=channel.maxRetransmits,
                maxPacketLifeTime=channel.maxPacketLifeTime,
                negotiated=channel.negotiated,
            )

        def received(data):
            if isinstance(data, str):
                tell("message", text=data)
            else:
                tell("message", base64=base64.b64encode(data).decode())

        channel.on("open", opened)
        channel.on("message", received)
        channel.on("close", lambda: tell("close"))
        if channel.readyState == "open":  # then `open` isn't emitted any more
            opened()

    def send_back(self, track):
        for transceiver in self.pc.getTransceivers():
            if transceiver.receiver.track is track:
                transceiver.sender.replaceTrack(track)
                transceiver.direction = "sendrecv"

    async def do(self, request):
        pc, do = self.pc, request["do"]
        if do == "close":
            await pc.close()
        elif do == "createDataChannel":
            self.add(request["channel"], pc.createDataChannel(request["label"], **request["init"]))
        elif do == "createOffer":  # there is no ICE restart
            return as_json(await pc.createOffer())
        elif do == "createAnswer":
            return as_json(await pc.createAnswer())
        elif do == "setLocalDescription":
            await pc.setLocalDescription(RTCSessionDescription(**request["description"]))
            self.say_state()
        elif do == "setRemoteDescription":
            await pc.setRemoteDescription(RTCSessionDescription(**request["description"]))
            self.say_state()
        elif do == "addIceCandidate":
            line = request["candidate"]["candidate"]
            if line:  # aiortc 1.4 has no end of candidates: it waits for none
                candidate = candidate_from_sdp(line.split(":", 1)[1])
                candidate.sdpMid = request["candidate"]["sdpMid"]
                candidate.sdpMLineIndex = request["candidate"]["sdpMLineIndex"]
                await pc.addIceCandidate(candidate)
        elif do == "sendBack":
            for kind in ["audio", "video"] if request["offers"] else []:
                pc.addTransceiver(kind)
            pc.on("track", self.send_back)
        elif do == "send":
            channel = self.channels[request["channel"]]
            if "text" in request:
                channel.send(request["text"])
            else:
                channel.send(base64.b64decode(request["base64"]))
        elif do == "closeChannel":
            self.channels[request["channel"]].close()


async def main():
    connections = {}
    input = asyncio.StreamReader(limit=1 << 24)
    protocol = asyncio.StreamReaderProtocol(input)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    while line := await input.readline():
        request = json.loads(line)
        pc = request["pc"]
        try:
            if request["do"] == "open":
                connections[pc] = Connection(pc)
                value = None
            else:
                value = await connections[pc].do(request)
            say(id=request["id"], value=value)
        except Exception as error:
            say(id=request["id"], error=f"{type(error).__name__}: {error}")


asyncio.run(main())
