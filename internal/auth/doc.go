// Package auth tells who is asking: passwords, browser sessions, API keys, one-time sign-in links. What they may do is
// room account's to say.
//
//	browser   SignIn or UseLink → token in a cookie → Authenticate on each request
//	program   CreateKey → "rcd_…" in Authorization: Bearer → AuthenticateKey on each request
//
// Tokens, keys and links are 256 random bits; only their SHA-256 is stored, so a stolen database opens no door. Passwords
// are kept as argon2id. Failed sign-ins are counted in the database by e-mail and by address, so the limit holds on
// several nodes. An unknown e-mail is answered like a wrong password, after the same work.
package auth
