package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"strings"

	"recado/internal/account"
	"recado/internal/auth"
	"recado/internal/words"
)

// visit is what is known about the request under way. It is put into the context once, at the door, and filled on the way in.
type visit struct {
	requestID string
	locale    string // the reader's language
	address   string // where it comes from, behind trusted proxies
	secure    bool   // the person speaks https
	host      string // the name under which they came to us
	route     string // pattern of the route; the path itself may hold secrets
	actor     account.Actor
	session   auth.Session
}

// base is our address as the person sees it.
func (v *visit) base() string {
	if v.secure {
		return "https://" + v.host
	}
	return "http://" + v.host
}

type visitKey struct{}

func visitIn(ctx context.Context) *visit {
	if v, ok := ctx.Value(visitKey{}).(*visit); ok {
		return v
	}
	return &visit{locale: words.Spanish}
}

// actorIn is who asks; the zero Actor on public routes.
func actorIn(ctx context.Context) account.Actor { return visitIn(ctx).actor }

func noteRoute(ctx context.Context, pattern string) { visitIn(ctx).route = pattern }

var requestIDs = regexp.MustCompile(`^[A-Za-z0-9_-]{8,64}$`)

func (s *Server) newVisit(r *http.Request) *visit {
	v := &visit{requestID: r.Header.Get("X-Request-Id"), locale: words.Match(r.Header.Get("Accept-Language"), "")}
	if !requestIDs.MatchString(v.requestID) {
		v.requestID = newRequestID()
	}
	v.address, v.secure = s.origin(r)
	v.host = r.Host
	return v
}

func newRequestID() string {
	bits := make([]byte, 8)
	_, _ = rand.Read(bits) // never fails since Go 1.24
	return hex.EncodeToString(bits)
}

// origin tells the address of whoever asks and whether they speak https, believing only trusted proxies: of X-Forwarded-For the last
// address that is not one of them counts.
func (s *Server) origin(r *http.Request) (address string, secure bool) {
	address, secure = r.RemoteAddr, r.TLS != nil || s.options.Secure
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		address = host
	}
	if !s.trusted(address) {
		return address, secure
	}
	secure = secure || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop := strings.TrimSpace(hops[i])
		if _, err := netip.ParseAddr(hop); err != nil {
			break
		}
		if address = hop; !s.trusted(hop) {
			break
		}
	}
	return address, secure
}

func (s *Server) trusted(address string) bool {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	for _, p := range s.options.TrustedProxies {
		if p.Contains(ip.Unmap()) {
			return true
		}
	}
	return false
}
