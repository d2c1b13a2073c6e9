// Package template owns the messages a provider has approved: which there are, in what state, what they look like, and how
// they are filled.
//
//	Sync    the provider's list → rows; what the provider no longer lists becomes DELETED and is kept, for messages speak of it
//	StatusIn  the provider's news of one template: approved, paused, another category, another quality
//	Parse   components as the provider writes them → Shape: header, body, footer, buttons and their variables
//	Fill    a Shape and values → what goes on the wire, what the person will read, and what is wrong with the values
//
// Values have keys: "body.1" or "body.name", "header.1", "header.media" (an https address, the provider's id of a file, or
// "file:" and the id of one of ours: file.go), "header.file_name", "button.0" (by its place among all buttons). A template belongs to a provider's account, and every
// inbox of the account can send it.
package template
