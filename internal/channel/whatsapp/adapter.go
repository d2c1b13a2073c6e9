package whatsapp

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net"
	"net/http"
	"strings"
	"time"

	"recado/internal/channel"
)

// Defaults of Config.
const (
	DefaultGraphURL = "https://graph.facebook.com"
	DefaultVersion  = "v27.0" // of 4 November 2026
)

const (
	connectTimeout  = 5 * time.Second
	responseTimeout = 30 * time.Second
	// idlePerHost keeps enough connections for several numbers that send 64 messages at once: opening one costs more than a send.
	idlePerHost = 512
)

// Config is what the adapter needs to know of our app at the provider.
type Config struct {
	GraphURL    string       // "" means DefaultGraphURL
	Version     string       // "" means DefaultVersion
	AppSecret   string       // signs hooks; "" refuses them all
	VerifyToken string       // of the handshake; "" refuses it
	Client      *http.Client // nil means one with a pool of connections and our timeouts
}

// Adapter is the Cloud API. It is safe for many goroutines.
type Adapter struct {
	base        string // graph URL with the version, no slash at the end
	secret      []byte
	verifyToken string
	client      *http.Client
}

var _ channel.Adapter = (*Adapter)(nil)

// New makes an adapter.
func New(config Config) *Adapter {
	if config.GraphURL == "" {
		config.GraphURL = DefaultGraphURL
	}
	if config.Version == "" {
		config.Version = DefaultVersion
	}
	if config.Client == nil {
		config.Client = NewClient()
	}
	return &Adapter{base: strings.TrimRight(config.GraphURL, "/") + "/" + config.Version, secret: []byte(config.AppSecret),
		verifyToken: config.VerifyToken, client: config.Client}
}

// NewClient makes the client used by default. It speaks HTTP/1.1 only: there it is known whether a request was written
// before its connection broke, which decides between sending again and waiting for a status.
func NewClient() *http.Client {
	dialer := &net.Dialer{Timeout: connectTimeout, KeepAlive: 30 * time.Second}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Client{
		Transport: &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           dialer.DialContext,
			TLSHandshakeTimeout:   connectTimeout,
			ResponseHeaderTimeout: responseTimeout,
			MaxIdleConns:          2 * idlePerHost,
			MaxIdleConnsPerHost:   idlePerHost,
			IdleConnTimeout:       90 * time.Second,
			DisableCompression:    true,
			Protocols:             protocols,
		},
		// A call of ours that is led elsewhere would carry the token there.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Verify answers the handshake with the challenge when the token is ours (§6.1).
func (a *Adapter) Verify(r *http.Request) (answer string, ok bool) {
	q := r.URL.Query()
	token := q.Get("hub.verify_token")
	if a.verifyToken == "" || q.Get("hub.mode") != "subscribe" || subtle.ConstantTimeCompare([]byte(token), []byte(a.verifyToken)) != 1 {
		return "", false
	}
	return q.Get("hub.challenge"), true
}

// Authentic checks X-Hub-Signature-256, the HMAC of the raw body with the app secret, in constant time (§6.1).
func (a *Adapter) Authentic(header http.Header, body []byte) bool {
	given, found := strings.CutPrefix(header.Get("X-Hub-Signature-256"), "sha256=")
	if !found || len(a.secret) == 0 || len(given) != 2*sha256.Size {
		return false
	}
	var signature [sha256.Size]byte
	if _, err := hex.Decode(signature[:], []byte(given)); err != nil {
		return false
	}
	mac := hmac.New(sha256.New, a.secret)
	mac.Write(body)
	var sum [sha256.Size]byte
	return hmac.Equal(signature[:], mac.Sum(sum[:0]))
}

// Capability tells the provider's limits (§2.1, §2.2, §3, §4).
func (a *Adapter) Capability() channel.Capability {
	return channel.Capability{TextLimit: 4096, CaptionLimit: 1024, Window: 24 * time.Hour, Media: []channel.MediaLimit{
		{Kind: channel.Image, Mimes: []string{"image/jpeg", "image/png"}, Bytes: 5 << 20},
		{Kind: channel.Audio, Mimes: []string{"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}, Bytes: 16 << 20},
		{Kind: channel.Video, Mimes: []string{"video/mp4", "video/3gpp"}, Bytes: 16 << 20},
		{Kind: channel.Sticker, Mimes: []string{"image/webp"}, Bytes: 500 << 10},
		{Kind: channel.Document, Bytes: 100 << 20, Mimes: []string{"text/plain", "application/pdf", "application/msword",
			"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.ms-excel",
			"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/vnd.ms-powerpoint",
			"application/vnd.openxmlformats-officedocument.presentationml.presentation"}},
	}, Voice: &channel.VoiceLimit{Mimes: []string{"audio/ogg"}, Bytes: 16 << 20}}
}
