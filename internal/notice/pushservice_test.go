package notice_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"recado/internal/db"
	"recado/internal/notice"
)

// service is a pretend push service with one browser behind it, which decrypts what comes (RFC 8291) and looks at who signed it (RFC
// 8292).
type service struct {
	t       *testing.T
	url     string
	private *ecdh.PrivateKey
	secret  []byte
	known   string // the public key the browser subscribed to

	mu      sync.Mutex
	answers []reply // to the next pushes; then 201
	heard   []arrived
}

type reply struct {
	status     int
	retryAfter string
	slow       time.Duration
}

// arrived is a push as the browser's worker sees it, with the headers the service saw.
type arrived struct {
	Title        string `json:"title"`
	Body         string `json:"body"`
	Conversation db.ID  `json:"conversation_id"`
	Kind         string `json:"kind"`

	header http.Header
}

func openService(t *testing.T) *service {
	s := &service{t: t, secret: make([]byte, 16)}
	var err error
	if s.private, err = ecdh.P256().GenerateKey(rand.Reader); err != nil {
		t.Fatal(err)
	}
	_, _ = rand.Read(s.secret)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// browser is what the browser says when it subscribed.
func (s *service) browser(session db.ID) notice.Browser {
	raw := base64.RawURLEncoding
	return notice.Browser{Endpoint: s.url + "/send/" + session.String(), P256dh: raw.EncodeToString(s.private.PublicKey().Bytes()), Auth: raw.EncodeToString(s.secret),
		Origin: "https://desk.example", Device: "Firefox, Linux", Session: session}
}

func (s *service) will(answers ...reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = append(s.answers, answers...)
}

func (s *service) got() []arrived {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]arrived(nil), s.heard...)
}

// ServeHTTP takes a push. One that is not as the standards want it is answered 400 and fails the test.
func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	one := arrived{header: r.Header.Clone()}
	plain, err := s.decrypt(body)
	if err == nil {
		err = json.Unmarshal(plain, &one)
	}
	if err == nil {
		err = s.signed(r)
	}
	if err != nil || r.Header.Get("Content-Encoding") != "aes128gcm" || r.Header.Get("TTL") == "" || len(body) > 4096 {
		s.t.Errorf("a push is not as it should be: %v, %v", err, r.Header)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	s.heard = append(s.heard, one)
	now := reply{status: http.StatusCreated}
	if len(s.answers) > 0 {
		now, s.answers = s.answers[0], s.answers[1:]
	}
	s.mu.Unlock()
	time.Sleep(now.slow)
	if now.retryAfter != "" {
		w.Header().Set("Retry-After", now.retryAfter)
	}
	w.WriteHeader(now.status)
}

func (s *service) decrypt(body []byte) ([]byte, error) {
	if len(body) < 21 || len(body) < 21+int(body[20]) {
		return nil, errors.New("too short")
	}
	salt, size, end := body[:16], binary.BigEndian.Uint32(body[16:20]), 21+int(body[20])
	sender, err := ecdh.P256().NewPublicKey(body[21:end])
	if err != nil || int(size) < len(body)-end {
		return nil, fmt.Errorf("key %w or more than one record", err)
	}
	shared, err := s.private.ECDH(sender)
	if err != nil {
		return nil, err
	}
	info := "WebPush: info\x00" + string(s.private.PublicKey().Bytes()) + string(sender.Bytes())
	ikm, err := hkdf.Key(sha256.New, shared, s.secret, info, 32)
	if err != nil {
		return nil, err
	}
	key, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, err
	}
	nonce, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	plain, err := gcm.Open(nil, nonce, body[end:], nil)
	if err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(bytes.TrimRight(plain, "\x00"), []byte{2}), nil
}

// signed looks at the sender's token: the key is the one subscribed to, the signature is its, and it is meant for this service.
func (s *service) signed(r *http.Request) error {
	token, key, ok := strings.Cut(strings.TrimPrefix(r.Header.Get("Authorization"), "vapid t="), ", k=")
	if !ok || key != s.known {
		return fmt.Errorf("signed with another key: %s", r.Header.Get("Authorization"))
	}
	point, err := base64.RawURLEncoding.DecodeString(key)
	if err != nil {
		return fmt.Errorf("key %q: %w", key, err)
	}
	parts := strings.Split(token, ".")
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || len(signature) != 64 {
		return fmt.Errorf("signature: %w", err)
	}
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return fmt.Errorf("key %q: %w", key, err)
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if !ecdsa.Verify(public, sum[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
		return errors.New("the signature is not of that key")
	}
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	var said struct {
		Aud, Sub string
		Exp      int64
	}
	if err == nil {
		err = json.Unmarshal(claims, &said)
	}
	if ahead := time.Until(time.Unix(said.Exp, 0)); err != nil || said.Aud != s.url || said.Sub != "https://desk.example" || ahead <= 0 || ahead > 24*time.Hour {
		return fmt.Errorf("claims %s: %w", claims, err)
	}
	return nil
}
