package api

// Paging is what every long list takes; embed it in an input. The cursor is the next of the page before, opaque to clients.
type Paging struct {
	Cursor string `query:"cursor" maxLength:"500" doc:"next of the page before; empty for the first page"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"how many at most"`
}

// Page is one page of a long list.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next" doc:"cursor of the next page; empty when there is none"`
}

// pageOf turns what a room gave into what the API tells.
func pageOf[From, To any](items []From, next string, turn func(From) To) Page[To] {
	return Page[To]{Items: listOf(items, turn).Items, Next: next}
}
