// Package contact owns people outside who write or are written to: their identities on channels, attributes, and whether
// they want active messages.
//
//	ResolveIn   identities, as a provider or a sheet names people → contacts, found or made, many at once
//	OptOutIn    no active messages any more; OptInIn takes it back
//	Find        people by the words of names, numbers, handles and attributes (words.go); contact.created and contact.changed feed it
//	ParsePhone  a number as people write it → one key for all its variants (phone.go)
//
// A contact needs no phone number: on WhatsApp people with a username may show a user id only (whatsapp-cloud-api §13).
// Who is who: the user id decides first, then the number in all its variants, then, when nothing else is known, the
// username. Two contacts that turn out to be one person stay two rows, since each keeps its conversations and windows; people
// may merge them (MergeIn): one stands for the other from then on, and WholeMany gives the person.
package contact
