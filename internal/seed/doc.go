// Package seed fills an empty installation through the rooms' own verbs: the demo workspace, always the same, so that
// scripts can sign in and people can try everything; and, for real installations, the numbers of a provider's account.
package seed
