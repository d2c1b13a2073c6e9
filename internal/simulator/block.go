package simulator

import "slices"

// blockRequest names users to block or unblock.
type blockRequest []struct {
	User   looseText `json:"user"`
	UserID looseText `json:"user_id"`
}

type blockedUser struct {
	Input string `json:"input,omitempty"`
	WaID  string `json:"wa_id,omitempty"`
	User  string `json:"user_id,omitempty"`
}

type failedUser struct {
	blockedUser
	Errors []map[string]any `json:"errors"`
}

// partialFailure is an error with a list of what did and did not work beside it.
type partialFailure struct {
	*graphError
	lists map[string]any
}

// blockUsers blocks users who wrote in the last 24 hours (whatsapp-cloud-api §10).
func (c *call) blockUsers() (any, error) {
	users, err := c.users()
	if err != nil {
		return nil, err
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	added, failed := []blockedUser{}, []failedUser{}
	for _, input := range users {
		p := s.crowd.find(input)
		if p == nil || !p.threads[c.number].open(s.clock.Now()) {
			failed = append(failed, failedUser{blockedUser{Input: input, WaID: digitsOf(input)}, []map[string]any{{
				"message": "Re-engagement required", "code": 131047,
				"error_data": errorData{Details: "The user has not written in the last 24 hours."}}}})
			continue
		}
		if !p.blockedBy[c.number] {
			p.blockedBy[c.number] = true
			c.number.blocked = append(c.number.blocked, p)
			s.noteNumber(c.number)
		}
		added = append(added, blockedUser{input, p.visibleNumber(), p.userID})
		s.live.changed("customer", p.id)
	}
	return c.blockAnswer("added_users", added, failed)
}

// unblockUsers takes users off the list; those not on it count as done.
func (c *call) unblockUsers() (any, error) {
	users, err := c.users()
	if err != nil {
		return nil, err
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	removed := []blockedUser{}
	for _, input := range users {
		out := blockedUser{Input: input, WaID: digitsOf(input)}
		if p := s.crowd.find(input); p != nil {
			delete(p.blockedBy, c.number)
			c.number.blocked = slices.DeleteFunc(c.number.blocked, func(b *customer) bool { return b == p })
			out.WaID, out.User = p.visibleNumber(), p.userID
			s.noteNumber(c.number)
			s.live.changed("customer", p.id)
		}
		removed = append(removed, out)
	}
	return c.blockAnswer("removed_users", removed, nil)
}

func (c *call) users() ([]string, error) {
	if c.text("messaging_product") != "whatsapp" {
		return nil, refuseText(400, 100, 0, "(#100) The parameter messaging_product is required.")
	}
	var asked blockRequest
	if err := c.into("block_users", &asked); err != nil {
		return nil, err
	}
	if len(asked) == 0 {
		return nil, refuse(131008, "Parameter 'block_users' needs at least one user.")
	}
	var users []string
	for _, u := range asked {
		users = append(users, orDefault(string(u.User), string(u.UserID)))
	}
	return users, nil
}

func (c *call) blockAnswer(name string, done []blockedUser, failed []failedUser) (any, error) {
	lists := map[string]any{name: done}
	if len(failed) == 0 {
		return map[string]any{"messaging_product": "whatsapp", "block_users": lists}, nil
	}
	lists["failed_users"] = failed
	return nil, &partialFailure{refuse(139100, ""), lists}
}

// Unwrap gives the plain error, for its HTTP status.
func (p *partialFailure) Unwrap() error { return p.graphError }

// listBlocked answers the numbers' block list, newest last.
func (c *call) listBlocked() (any, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	list := []map[string]any{}
	for _, p := range c.number.blocked {
		list = append(list, map[string]any{"messaging_product": "whatsapp", "wa_id": p.visibleNumber(), "user_id": p.userID})
	}
	return page(c, list, 25)
}
