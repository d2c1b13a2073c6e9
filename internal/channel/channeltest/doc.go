// Package channeltest runs recorded payloads through an adapter and compares what comes out with what was agreed, which
// is kept as text beside the adapter's test and read in review.
package channeltest
