// Package publicnet reaches web addresses that somebody typed in or a browser named, without letting them lead into our own network.
//
//	Check    refuses an address early, so that a person reads why
//	Client   asks only over https and only machines of the public internet; this is looked at again when a connection is made, on the
//	         numbers the name stands for then, so that a name that changes its mind does not help
package publicnet
