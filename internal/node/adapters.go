package node

import (
	"recado/internal/channel"
	"recado/internal/channel/whatsapp"
)

// adapters are the providers: a new one is a leaf below channel and a line here.
func adapters(config Config) map[channel.Kind]channel.Adapter {
	return map[channel.Kind]channel.Adapter{
		channel.WhatsApp: whatsapp.New(whatsapp.Config{GraphURL: config.GraphURL, AppSecret: config.AppSecret, VerifyToken: config.VerifyToken}),
	}
}

// carries tells what each channel can carry.
func carries(adapters map[channel.Kind]channel.Adapter) map[channel.Kind]channel.Capability {
	out := make(map[channel.Kind]channel.Capability, len(adapters))
	for kind, adapter := range adapters {
		out[kind] = adapter.Capability()
	}
	return out
}
