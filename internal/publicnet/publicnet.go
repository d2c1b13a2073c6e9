package publicnet

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Why an address is refused.
var (
	ErrAddress = errors.New("this is not a web address")
	ErrPlain   = errors.New("the address does not begin with https")
	ErrPrivate = errors.New("the address is not on the public internet")
)

// Rules say what may be asked.
type Rules struct {
	Private bool           // http and machines of the own network too: tests, and a demo that only this machine sees
	Allowed []netip.Prefix // machines of the own network that may be asked all the same, over http too
	Timeout time.Duration  // of one request, from the name to the last byte; 0 means 10 s
}

const usualTimeout = 10 * time.Second

// ParseAllowed reads what Rules.Allowed is to hold: addresses (10.0.0.5) and ranges (192.168.7.0/24). Names are refused: what a name
// stands for is looked up when it is asked.
func ParseAllowed(texts []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, text := range texts {
		text = strings.TrimSpace(text)
		one, err := netip.ParsePrefix(text)
		if err != nil {
			ip, e := netip.ParseAddr(text)
			if e != nil || ip.Zone() != "" {
				return nil, fmt.Errorf("%q is neither an address such as 10.0.0.5 nor a range such as 192.168.7.0/24", text)
			}
			one = netip.PrefixFrom(ip, ip.BitLen())
		}
		if one.Addr().Is4In6() {
			return nil, fmt.Errorf("write %q as an IPv4 address", text)
		}
		out = append(out, one.Masked())
	}
	return out, nil
}

// allowed tells whether a machine of the own network may be asked.
func (r Rules) allowed(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	return slices.ContainsFunc(r.Allowed, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// Check refuses an address that Client would refuse whatever its name stands for: ErrAddress, ErrPlain or ErrPrivate.
func (r Rules) Check(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
		return ErrAddress
	}
	if r.Private {
		return nil
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	ip, err := netip.ParseAddr(host)
	if err == nil && r.allowed(ip) {
		return nil
	}
	// A name may stand for a machine that is allowed; without https nothing but such a machine is reached.
	if u.Scheme != "https" && (err == nil || len(r.Allowed) == 0) {
		return ErrPlain
	}
	if err == nil && !public(ip) || len(r.Allowed) == 0 && local(host) {
		return ErrPrivate
	}
	return nil
}

// local tells whether a name stands for this machine wherever it is asked for.
func local(host string) bool {
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// Client asks by these rules. It follows no redirect, since the answer of a stranger may name any address, and uses no proxy, since
// behind one nobody sees which machine is reached. It is safe for use by many at once.
func (r Rules) Client() *Client {
	if r.Timeout == 0 {
		r.Timeout = usualTimeout
	}
	dialer := net.Dialer{Timeout: r.Timeout, ControlContext: func(ctx context.Context, _, address string, _ syscall.RawConn) error { return r.admit(ctx, address) }}
	return &Client{rules: r, inner: http.Client{Timeout: r.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DialContext: dialer.DialContext, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 4,
			IdleConnTimeout: time.Minute, TLSHandshakeTimeout: r.Timeout, MaxResponseHeaderBytes: 64 << 10}}}
}

// admit looks at the machine a connection is about to be made to.
func (r Rules) admit(ctx context.Context, address string) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %s", ErrAddress, address)
	}
	switch {
	case r.Private || r.allowed(to.Addr()):
		return nil
	case !public(to.Addr()):
		return ErrPrivate
	case ctx.Value(plain{}) != nil:
		return ErrPlain
	}
	return nil
}

// plain marks the context of a request without https.
type plain struct{}

// Client is an HTTP client that stays outside.
type Client struct {
	rules Rules
	inner http.Client
}

// Do asks. An address against the rules is ErrAddress, ErrPlain or ErrPrivate, to be found with errors.Is.
func (c *Client) Do(request *http.Request) (*http.Response, error) {
	if err := c.rules.Check(request.URL.String()); err != nil {
		return nil, err
	}
	if request.URL.Scheme != "https" {
		request = request.WithContext(context.WithValue(request.Context(), plain{}, true))
	}
	return c.inner.Do(request)
}

// special are the ranges that look like any other but lead to no machine of the public internet, or to one through another number
// that is written inside (IANA special-purpose address registries).
var special = prefixes("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
	"203.0.113.0/24", "240.0.0.0/4", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
	"5f00::/16", "fec0::/10")

func prefixes(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		out[i] = netip.MustParsePrefix(text)
	}
	return out
}

// public tells whether an address belongs to a machine of the public internet.
func public(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return false
	}
	for _, reserved := range special {
		if reserved.Contains(ip) {
			return false
		}
	}
	return true
}
