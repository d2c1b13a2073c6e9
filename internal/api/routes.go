package api

// routes lists every room's routes. Add a line for a new file.
func (s *Server) routes() {
	s.sessionRoutes()
	s.apiKeyRoutes()
	s.memberRoutes()
	s.demoRoutes()
	s.routingRoutes()
	s.lookupRoutes()
	s.contactRoutes()
	s.deskRoutes()
	s.deskMessageRoutes()
	s.scheduleRoutes()
	s.deskOwnRoutes()
	s.quickReplyRoutes()
	s.deskTicketRoutes()
	s.attentionRoutes()
	s.tagRoutes()
	s.liveRoutes()
	s.noticeRoutes()
	s.fileRoutes()
	s.channelRoutes()
	s.campaignRoutes()
	s.activeRoutes()
	s.searchRoutes()
	s.historyRoutes()
	s.archiveRoutes()
}
