// Package desk measures what agents feel, on a whole node run as it is released, over HTTP and its sockets:
//
//	Push    P5: from a customer's message at the hook to the event on 200 open desks
//	Read    P6, P7, P8: lists, threads and searches on a workspace filled with a year of conversations
//	Answers P13: from a message at the hook to what a chatbot answers
//
// The workspace is filled straight into the tables, without the rooms: ten million messages through them would take hours.
package desk
