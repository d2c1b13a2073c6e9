package simulator

// content resolves what is sent: the template is filled, media are looked up. It returns what the handset shows.
// The caller holds mu.
func (s *Server) content(sd *sending, marketing bool) (any, error) {
	r := sd.request
	switch r.Type {
	case "template":
		return s.templateContent(sd, marketing)
	case "text":
		return r.Text, nil
	case "location":
		return r.Location, nil
	case "contacts":
		return r.Contacts, nil
	case "reaction":
		return r.Reaction, nil
	case "interactive":
		if m, kind := r.Interactive.Header.media(); m != nil {
			return r.Interactive, s.attach(sd, m, kind)
		}
		return r.Interactive, nil
	}
	return r.media(), s.attach(sd, r.media(), r.Type)
}

// attach notes a media object; an unknown id is refused at once, an unfit one fails later.
func (s *Server) attach(sd *sending, m *mediaContent, kind string) error {
	if m.ID != "" {
		f := s.media.get(string(m.ID))
		if f == nil || s.clock.Now().After(f.expires) {
			return refuse(100, "Param %s['id'] is not a valid whatsapp business account media attachment ID", kind)
		}
	}
	sd.files = append(sd.files, attachment{m, kind})
	return nil
}

// templateContent finds the template, checks its state and fills it.
func (s *Server) templateContent(sd *sending, marketing bool) (any, error) {
	asked := sd.request.Template
	t := sd.number.account.find(asked.Name, asked.Language.Code)
	if t == nil {
		return nil, refuse(132001, "template name (%s) does not exist in %s", asked.Name, asked.Language.Code)
	}
	if s.faults.take(FaultTemplatePaused, sd.number.ID) != nil {
		return nil, refuse(132015, "")
	}
	switch {
	case t.Status == "PAUSED":
		return nil, refuse(132015, "")
	case t.Status == "DISABLED":
		return nil, refuse(132016, "")
	case t.Status != "APPROVED":
		return nil, refuse(132001, "template name (%s) does not exist in %s", asked.Name, asked.Language.Code)
	case t.Category == "AUTHENTICATION" && sd.to.userID != "":
		return nil, refuse(131062, "")
	case marketing && t.Category != "MARKETING":
		return nil, refuse(131055, "")
	case !marketing && t.Category == "MARKETING" && t.account.marketingDisabled:
		return nil, refuse(131063, "")
	}
	shown, err := t.fill(asked)
	if err != nil {
		return nil, err
	}
	sd.template = t
	if shown.Header != nil && shown.Header.Media != nil {
		return shown, s.attach(sd, shown.Header.Media, headerKind(t))
	}
	return shown, nil
}

func headerKind(t *template) string {
	switch t.part("HEADER").Format {
	case "VIDEO":
		return "video"
	case "DOCUMENT":
		return "document"
	}
	return "image"
}
