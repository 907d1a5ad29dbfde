"""GStreamer's webrtcbin as the program of tests/interop/harness/protocol.ts: requests come as lines of JSON, reports leave so."""

import base64
import json
import re
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

Gst.init(None)

# What comes of a kind is decoded, encoded anew, and sent back.
CODECS = {
    "audio": ("OPUS", 48000, "rtpopusdepay ! opusdec", "opusenc ! rtpopuspay"),
    "video": ("VP8", 90000, "rtpvp8depay ! vp8dec", "vp8enc deadline=1 keyframe-max-dist=30 ! rtpvp8pay"),
}


def say(**report):
    sys.stdout.write(json.dumps(report) + "\n")
    sys.stdout.flush()


def nick(value):
    return value.value_nick


class Connection:
    def __init__(self, number):
        self.number = number
        self.channels = {}
        self.announced = 0
        self.back = {}
        self.sends_back = False
        self.pipeline = Gst.Pipeline.new(f"pipeline{number}")
        self.bin = Gst.ElementFactory.make("webrtcbin", f"connection{number}")
        self.bin.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
        self.pipeline.add(self.bin)
        for name in ("connection", "ice-connection", "ice-gathering", "signaling"):
            self.bin.connect(f"notify::{name}-state", lambda *_: GLib.idle_add(self.say_state))
        self.bin.connect("on-ice-candidate", self.candidate)
        self.bin.connect("on-data-channel", lambda _, channel: GLib.idle_add(self.announce, channel))
        self.bin.connect("pad-added", self.receive)
        self.pipeline.set_state(Gst.State.PLAYING)

    def say_state(self):
        get = self.bin.get_property
        local = get("local-description")
        say(
            event="state",
            pc=self.number,
            connection=nick(get("connection-state")),
            ice=nick(get("ice-connection-state")),
            gathering=nick(get("ice-gathering-state")),
            signaling=nick(get("signaling-state")),
            local=local and self.as_json(local),
        )

    @staticmethod
    def as_json(description):
        kind = GstWebRTC.WebRTCSDPType.to_string(description.type)
        return {"type": kind, "sdp": description.sdp.as_text()}

    def candidate(self, _, index, line):
        if line:
            init = {"candidate": line, "sdpMLineIndex": index}
            say(event="candidate", pc=self.number, candidate=init)

    def announce(self, channel):
        self.announced -= 1
        label = channel.get_property("label")
        say(event="datachannel", pc=self.number, channel=self.announced, label=label)
        self.add(self.announced, channel)

    def add(self, number, channel):
        self.channels[number] = channel
        is_open = False

        def tell(event, **more):
            say(event=event, pc=self.number, channel=number, **more)

        def opened(*_):
            nonlocal is_open
            if is_open:
                return
            is_open = True
            get = channel.get_property
            limits = [get("max-retransmits"), get("max-packet-lifetime")]
            retransmits, lifetime = [None if limit < 0 else limit for limit in limits]
            tell(
                "open",
                id=get("id"),
                protocol=get("protocol"),
                ordered=get("ordered"),
                maxRetransmits=retransmits,
                maxPacketLifeTime=lifetime,
                negotiated=get("negotiated"),
            )

        def received(_, data):
            payload = data.get_data() if data else b""
            tell("message", base64=base64.b64encode(payload).decode())

        channel.connect("on-open", opened)
        channel.connect("on-message-string", lambda _, text: tell("message", text=text or ""))
        channel.connect("on-message-data", received)
        channel.connect("on-close", lambda *_: tell("close"))
        if nick(channel.get_property("ready-state")) == "open":
            opened()

    def send_back(self, offer):
        """Each section of an offer gets a pad of its own, by its index."""
        for index, section in enumerate(offer.split("\r\nm=")[1:]):
            kind = section.split(" ", 1)[0]
            codec, clock_rate, decode, encode = CODECS[kind]
            payload = re.search(rf"a=rtpmap:(\d+) {codec}/", section, re.IGNORECASE)[1]
            # No graph of elements may go round in a circle: what is decoded is handed on by hand.
            decoder = Gst.parse_bin_from_description(f"{decode} ! appsink name=out emit-signals=true sync=false", True)
            source = "appsrc name=in is-live=true format=time do-timestamp=true"
            encoder = Gst.parse_bin_from_description(f"{source} ! {encode} pt={payload}", True)
            appsrc = encoder.get_by_name("in")

            def decoded(sink, appsrc=appsrc):
                sample = sink.emit("pull-sample")
                appsrc.set_property("caps", sample.get_caps())
                appsrc.emit("push-buffer", sample.get_buffer().copy_deep())
                return Gst.FlowReturn.OK

            decoder.get_by_name("out").connect("new-sample", decoded)
            for each in (decoder, encoder):
                self.pipeline.add(each)
                each.sync_state_with_parent()
            caps = Gst.Caps.from_string(
                f"application/x-rtp,media={kind},encoding-name={codec},clock-rate={clock_rate},payload={payload}"
            )
            pad = self.bin.request_pad(self.bin.get_pad_template("sink_%u"), f"sink_{index}", caps)
            encoder.get_static_pad("src").link(pad)
            self.back[kind] = decoder

    def receive(self, _, pad):
        if pad.get_direction() == Gst.PadDirection.SRC:
            kind = pad.get_current_caps().get_structure(0).get_string("media")
            pad.link(self.back[kind].get_static_pad("sink"))

    def description(self, request):
        _, sdp = GstSdp.SDPMessage.new_from_text(request["sdp"])
        kinds = {"offer": GstWebRTC.WebRTCSDPType.OFFER, "answer": GstWebRTC.WebRTCSDPType.ANSWER}
        return GstWebRTC.WebRTCSessionDescription.new(kinds[request["type"]], sdp)

    def do(self, request, reply):
        do = request["do"]
        if do == "close":
            self.pipeline.set_state(Gst.State.NULL)
        elif do == "createDataChannel":
            self.create_channel(request)
        elif do in ("createOffer", "createAnswer"):
            name = do[6:].lower()

            def created(promise):
                structure = promise.get_reply()
                description = structure.get_value(name)
                reply(value=self.as_json(description))

            return self.bin.emit(f"create-{name}", None, Gst.Promise.new_with_change_func(created))
        elif do in ("setLocalDescription", "setRemoteDescription"):
            name = "local" if do == "setLocalDescription" else "remote"

            def done(promise):
                structure = promise.get_reply()
                error = structure and structure.get_value("error")
                if error:
                    return reply(error=error.message)
                if self.sends_back and request["description"]["type"] == "offer":
                    self.send_back(request["description"]["sdp"])
                self.say_state()
                reply(value=None)

            description = self.description(request["description"])
            return self.bin.emit(f"set-{name}-description", description, Gst.Promise.new_with_change_func(done))
        elif do == "addIceCandidate":
            candidate = request["candidate"]
            if candidate["candidate"]:
                self.bin.emit("add-ice-candidate", candidate["sdpMLineIndex"], candidate["candidate"])
        elif do == "sendBack":
            self.sends_back = True
        elif do == "send":
            channel = self.channels[request["channel"]]
            if "text" in request:
                channel.emit("send-string", request["text"])
            else:
                channel.emit("send-data", GLib.Bytes.new(base64.b64decode(request["base64"])))
        elif do == "closeChannel":
            self.channels[request["channel"]].emit("close")
        reply(value=None)

    def create_channel(self, request):
        init = Gst.Structure.new_empty("options") if request["init"] else None
        names = {"maxRetransmits": "max-retransmits", "maxPacketLifeTime": "max-packet-lifetime"}
        for key, value in request["init"].items():
            init.set_value(names.get(key, key), value)
        channel = self.bin.emit("create-data-channel", request["label"], init)
        self.add(request["channel"], channel)


connections = {}


def serve(request):
    def reply(**result):
        say(id=request["id"], **result)

    pc = request["pc"]
    try:
        if request["do"] == "open":
            connections[pc] = Connection(pc)
            reply(value=None)
        else:
            connections[pc].do(request, reply)
    except Exception as error:
        reply(error=f"{type(error).__name__}: {error}")


def read():
    for line in sys.stdin:
        GLib.idle_add(serve, json.loads(line))
    GLib.idle_add(loop.quit)


loop = GLib.MainLoop()
threading.Thread(target=read, daemon=True).start()
loop.run()
