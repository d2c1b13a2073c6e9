package whatsapp

import (
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"recado/internal/channel"
)

// Upload gives the provider a file and gets the id to send it by, good for 30 days (§3). Every error is a
// *channel.Failure; one that is Unknown may be tried again, since a file nobody sends harms nobody.
func (a *Adapter) Upload(ctx context.Context, c channel.Credentials, name, mime string, body io.Reader) (string, error) {
	reader, pipe := io.Pipe()
	form := multipart.NewWriter(pipe)
	mime = wireMime(mime)
	go func() { pipe.CloseWithError(writeForm(form, name, mime, body)) }()
	answer, f := a.call(ctx, c, http.MethodPost, a.base+"/"+c.InboxExternalID+"/media", form.FormDataContentType(), stream{reader})
	reader.Close() // ends writeForm when the call ended before the file did
	var file struct {
		ID token `json:"id"`
	}
	if f == nil {
		f = answer.into(&file)
	}
	if f == nil && file.ID == "" {
		f = &channel.Failure{Class: channel.Transient, Title: "the answer names no file"}
	}
	return string(file.ID), errorOf(f)
}

// wireMime names a type as the provider does: the only sound it takes in Ogg is Opus (§3).
func wireMime(mime string) string {
	if mime == "audio/ogg" {
		return "audio/ogg; codecs=opus"
	}
	return mime
}

func writeForm(form *multipart.Writer, name, mime string, body io.Reader) error {
	if err := form.WriteField("messaging_product", "whatsapp"); err != nil {
		return err
	}
	if err := form.WriteField("type", mime); err != nil {
		return err
	}
	head := textproto.MIMEHeader{}
	head.Set("Content-Disposition", `form-data; name="file"; filename="`+formName(name)+`"`)
	head.Set("Content-Type", mime)
	part, err := form.CreatePart(head)
	if err != nil {
		return err
	}
	if _, err := io.Copy(part, body); err != nil {
		return err
	}
	return form.Close()
}

// formName makes a file's name fit into the form; what people see goes with the message.
func formName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == '"' || r == '\\' || r == '/' || r == 0x7f {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(name, "_"))
	if name == "" {
		return "file"
	}
	return name
}

// Download opens a file of an inbound message; the caller closes it. The address that came with the message lives five
// minutes, so when it fails the provider is asked for another one, and once more when that fails too (§3). Every error is
// a *channel.Failure.
func (a *Adapter) Download(ctx context.Context, c channel.Credentials, m channel.Media) (io.ReadCloser, error) {
	if m.URL != "" {
		file, f := a.fetch(ctx, c, m.URL)
		if f == nil || m.ProviderID == "" {
			return file, errorOf(f)
		}
	}
	if m.ProviderID == "" {
		return nil, &channel.Failure{Class: channel.BadRequest, Title: "the file has neither an id nor an address"}
	}
	var last *channel.Failure
	for range 2 {
		address, f := a.mediaAddress(ctx, c, m.ProviderID)
		if f != nil {
			return nil, f
		}
		file, f := a.fetch(ctx, c, address)
		if f == nil {
			return file, nil
		}
		last = f
	}
	return nil, last
}

func (a *Adapter) mediaAddress(ctx context.Context, c channel.Credentials, id string) (string, *channel.Failure) {
	address := a.base + "/" + url.PathEscape(id) + "?phone_number_id=" + url.QueryEscape(c.InboxExternalID)
	answer, f := a.call(ctx, c, http.MethodGet, address, "", nil)
	var file struct {
		URL string `json:"url"`
	}
	if f == nil {
		f = answer.into(&file)
	}
	if f == nil && file.URL == "" {
		f = &channel.Failure{Class: channel.Transient, Title: "the answer names no address"}
	}
	return file.URL, asRead(f)
}

// asRead makes a failure of reading one that may be tried again: asking twice changes nothing.
func asRead(f *channel.Failure) *channel.Failure {
	if f != nil && f.Class == channel.Unknown {
		f.Class = channel.Transient
	}
	return f
}

// fetch opens an address of the media host with our token. The token travels in the clear nowhere but to a provider that
// itself is asked without TLS, as a simulator on this machine is.
func (a *Adapter) fetch(ctx context.Context, c channel.Credentials, address string) (io.ReadCloser, *channel.Failure) {
	if strings.HasPrefix(a.base, "https://") && !strings.HasPrefix(address, "https://") {
		return nil, &channel.Failure{Class: channel.BadRequest, Title: "the address of the file is not safe", Detail: address}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, &channel.Failure{Class: channel.BadRequest, Title: "the address of the file cannot be read", Err: err}
	}
	request.Header.Set("Authorization", "Bearer "+c.Token)
	response, err := a.client.Do(request)
	if err != nil {
		return nil, &channel.Failure{Class: channel.Transient, Title: "the file cannot be fetched", Err: err}
	}
	if response.StatusCode == http.StatusOK {
		return response.Body, nil
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	if err != nil {
		return nil, &channel.Failure{Class: channel.Transient, Title: "the file cannot be fetched", Err: err}
	}
	f := refusal(response.StatusCode, response.Header, text)
	if f.Code == 0 {
		f.Detail = fmt.Sprintf("the media host answered %d", response.StatusCode)
	}
	return nil, asRead(f)
}
