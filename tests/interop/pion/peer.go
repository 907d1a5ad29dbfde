// pion as the program of tests/interop/harness/protocol.ts: requests come as lines of JSON, reports leave so.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/webrtc"
)

// A request of the test; which fields it has depends on `do`.
type request struct {
	Do          string                     `json:"do"`
	ID          int                        `json:"id"`
	Pc          int                        `json:"pc"`
	Channel     int                        `json:"channel"`
	Label       string                     `json:"label"`
	Init        *webrtc.DataChannelInit    `json:"init"`
	IceRestart  bool                       `json:"iceRestart"`
	Description *webrtc.SessionDescription `json:"description"`
	Candidate   *webrtc.ICECandidateInit   `json:"candidate"`
	Text        *string                    `json:"text"`
	Base64      string                     `json:"base64"`
}

type report map[string]interface{}

// Callbacks come from many goroutines; lines must not mix.
var output sync.Mutex

func say(r report) {
	line, err := json.Marshal(r)
	if err != nil {
		panic(err)
	}
	output.Lock()
	defer output.Unlock()
	os.Stdout.Write(append(line, '\n'))
}

type connection struct {
	number   int
	pc       *webrtc.PeerConnection
	telling  sync.Mutex
	mutex    sync.Mutex
	channels map[int]*webrtc.DataChannel
}

var api = newAPI()

// Standard output is for reports; PION_LOG_TRACE=all shows more on the other.
func newAPI() *webrtc.API {
	loggers := logging.NewDefaultLoggerFactory()
	loggers.Writer = os.Stderr
	codecs, interceptors := &webrtc.MediaEngine{}, &interceptor.Registry{}
	if err := codecs.RegisterDefaultCodecs(); err != nil {
		panic(err)
	}
	if err := webrtc.RegisterDefaultInterceptors(codecs, interceptors); err != nil {
		panic(err)
	}
	return webrtc.NewAPI(
		webrtc.WithSettingEngine(webrtc.SettingEngine{LoggerFactory: loggers}),
		webrtc.WithMediaEngine(codecs),
		webrtc.WithInterceptorRegistry(interceptors),
	)
}

func open(number int) (*connection, error) {
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, err
	}
	c := &connection{number: number, pc: pc, channels: map[int]*webrtc.DataChannel{}}
	pc.OnConnectionStateChange(func(webrtc.PeerConnectionState) { c.sayState() })
	pc.OnICEConnectionStateChange(func(webrtc.ICEConnectionState) { c.sayState() })
	pc.OnICEGatheringStateChange(func(webrtc.ICEGathererState) { c.sayState() })
	pc.OnSignalingStateChange(func(webrtc.SignalingState) { c.sayState() })
	pc.OnICECandidate(func(candidate *webrtc.ICECandidate) {
		if candidate != nil {
			say(report{"event": "candidate", "pc": number, "candidate": candidate.ToJSON()})
		}
	})
	announced := 0
	pc.OnDataChannel(func(channel *webrtc.DataChannel) {
		announced--
		say(report{"event": "datachannel", "pc": number, "channel": announced, "label": channel.Label()})
		c.add(announced, channel)
	})
	return c, nil
}

// Callbacks overlap, and an older state must not be told after a newer one.
func (c *connection) sayState() {
	c.telling.Lock()
	defer c.telling.Unlock()
	say(report{
		"event":      "state",
		"pc":         c.number,
		"connection": c.pc.ConnectionState().String(),
		"ice":        c.pc.ICEConnectionState().String(),
		"gathering":  c.pc.ICEGatheringState().String(),
		"signaling":  c.pc.SignalingState().String(),
		"local":      c.pc.LocalDescription(),
	})
}

func (c *connection) add(number int, channel *webrtc.DataChannel) {
	c.mutex.Lock()
	c.channels[number] = channel
	c.mutex.Unlock()
	tell := func(event string, more report) {
		more["event"], more["pc"], more["channel"] = event, c.number, number
		say(more)
	}
	channel.OnOpen(func() {
		tell("open", report{
			"id":                channel.ID(),
			"protocol":          channel.Protocol(),
			"ordered":           channel.Ordered(),
			"maxRetransmits":    channel.MaxRetransmits(),
			"maxPacketLifeTime": channel.MaxPacketLifeTime(),
			"negotiated":        channel.Negotiated(),
		})
	})
	channel.OnMessage(func(message webrtc.DataChannelMessage) {
		if message.IsString {
			tell("message", report{"text": string(message.Data)})
		} else {
			tell("message", report{"base64": base64.StdEncoding.EncodeToString(message.Data)})
		}
	})
	channel.OnClose(func() { tell("close", report{}) })
}

func (c *connection) channel(number int) *webrtc.DataChannel {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.channels[number]
}

// Every packet that comes is sent on a track of our own, which has to be there before the first description is.
func (c *connection) sendBack() error {
	tracks := map[webrtc.RTPCodecType]*webrtc.TrackLocalStaticRTP{}
	for kind, mimeType := range map[webrtc.RTPCodecType]string{
		webrtc.RTPCodecTypeAudio: webrtc.MimeTypeOpus,
		webrtc.RTPCodecTypeVideo: webrtc.MimeTypeVP8,
	} {
		capability := webrtc.RTPCodecCapability{MimeType: mimeType}
		track, err := webrtc.NewTrackLocalStaticRTP(capability, kind.String(), "back")
		if err != nil {
			return err
		}
		sender, err := c.pc.AddTrack(track)
		if err != nil {
			return err
		}
		tracks[kind] = track
		go func() { // what comes is for the interceptors, which see it as it is read
			buffer := make([]byte, 1500)
			for {
				if _, _, err := sender.Read(buffer); err != nil {
					return
				}
			}
		}()
	}
	c.pc.OnTrack(func(remote *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		for {
			packet, _, err := remote.ReadRTP()
			if err != nil {
				return
			}
			packet.Extension, packet.Extensions = false, nil // their ids were those of the way here
			if err := tracks[remote.Kind()].WriteRTP(packet); err != nil {
				return
			}
		}
	})
	return nil
}

func (c *connection) do(r *request) (interface{}, error) {
	switch r.Do {
	case "close":
		return nil, c.pc.Close()
	case "createDataChannel":
		channel, err := c.pc.CreateDataChannel(r.Label, r.Init)
		if err == nil {
			c.add(r.Channel, channel)
		}
		return nil, err
	case "createOffer":
		return c.pc.CreateOffer(&webrtc.OfferOptions{ICERestart: r.IceRestart})
	case "createAnswer":
		return c.pc.CreateAnswer(nil)
	case "setLocalDescription":
		err := c.pc.SetLocalDescription(*r.Description)
		c.sayState()
		return nil, err
	case "setRemoteDescription":
		err := c.pc.SetRemoteDescription(*r.Description)
		c.sayState()
		return nil, err
	case "addIceCandidate":
		return nil, c.pc.AddICECandidate(*r.Candidate)
	case "sendBack":
		return nil, c.sendBack()
	case "send":
		if r.Text != nil {
			return nil, c.channel(r.Channel).SendText(*r.Text)
		}
		data, err := base64.StdEncoding.DecodeString(r.Base64)
		if err != nil {
			return nil, err
		}
		return nil, c.channel(r.Channel).Send(data)
	case "closeChannel":
		return nil, c.channel(r.Channel).Close()
	}
	return nil, fmt.Errorf("no such request: %s", r.Do)
}

// Does what one connection is asked, in order. Close can block while a handshake is under way: other connections must not wait for it.
func serve(number int, requests <-chan request) {
	c, err := open(number)
	for r := range requests {
		var value interface{}
		if r.Do != "open" {
			value, err = c.do(&r)
		}
		if err != nil {
			say(report{"id": r.ID, "error": err.Error()})
		} else {
			say(report{"id": r.ID, "value": value})
		}
	}
}

func main() {
	connections := map[int]chan request{}
	input := bufio.NewReader(os.Stdin)
	for {
		line, err := input.ReadBytes('\n')
		if err != nil {
			return // the test has ended
		}
		var r request
		if err := json.Unmarshal(line, &r); err != nil {
			panic(err)
		}
		if r.Do == "open" {
			connections[r.Pc] = make(chan request, 1000) // more than any test leaves unanswered
			go serve(r.Pc, connections[r.Pc])
		}
		connections[r.Pc] <- r
	}
}
