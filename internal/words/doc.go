// Package words holds what the server says to people, in Spanish, Brazilian Portuguese and English: the words of
// faults, of provider failures, of campaign checks.
//
//	Say    the words of an id in a person's language
//	Match  the language to speak, from a preference and an Accept-Language header
//
// The texts are JSON files named <topic>.<language>.json beside this file: account.es.json, failure.pt-BR.json … Each
// topic belongs to one room, which adds its three files here; they are found by their name. An id is the code of a
// fault ("window.closed") or a dotted name beginning with the topic. Values stand as {{.name}}; a plural is written as
// {"one": "…", "other": "…"} and chosen by the value "count". Tests compare the three languages.
package words
