package simulator

// codeInfo is what goes with an error code.
type codeInfo struct {
	title   string // traditional title
	status  int    // HTTP status of the synchronous answer
	details string // default error_data.details
}

// infoOf looks a code up; unknown ones are generic refusals.
func infoOf(code int) codeInfo {
	if info, ok := codes[code]; ok {
		return info
	}
	return codeInfo{"Unknown error", 400, ""}
}

// codes are the error codes of whatsapp-errors with their HTTP statuses.
var codes = map[int]codeInfo{
	// Authorisation and account.
	0:      {"AuthException", 401, ""},
	3:      {"Application does not have the capability to make this API call.", 500, ""},
	10:     {"Application does not have permission for this action", 403, ""},
	104:    {"An access token is required to request this resource.", 400, ""},
	190:    {"Access token has expired", 401, ""},
	200:    {"Permissions error", 403, ""},
	368:    {"Temporarily blocked for policies violations", 403, "The account is temporarily blocked because it did not follow the platform policies."},
	2500:   {"An active access token must be used to query information about the current user.", 400, ""},
	130497: {"Business account is restricted from messaging users in this country", 403, "Messages to this country are not available for this business account."},
	131005: {"Access denied", 403, "Permission was removed or is not granted."},
	131031: {"Account has been locked", 403, "The business account has been locked."},
	131037: {"Display name approval is needed before message can be sent", 400, "The display name of this number has not been approved."},
	131042: {"Business eligibility payment issue", 400, "There is a problem with the payment method of the account."},
	131045: {"Incorrect certificate", 500, "The phone number has a registration error."},
	131057: {"Account in maintenance mode", 500, "The account is in maintenance and can send again in about a minute."},
	134011: {"Payments terms of service have not been accepted", 400, "Accept the payments terms first."},
	139200: {"Direct Send is blocked for this account", 400, "Use approved templates."},

	// Throttling.
	4:      {"Application request limit reached", 400, ""},
	613:    {"Calls to this api have exceeded the rate limit", 400, ""},
	80007:  {"Rate limit issues", 400, "There have been too many calls to this WhatsApp Business account. Wait a bit and try again."},
	130429: {"Rate limit hit", 400, "Message failed to send because there were too many messages sent from this phone number in a short period of time"},
	131048: {"Spam rate limit hit", 400, "The limit of people this business can write to first was reached."},
	131056: {"(Business Account, Consumer Account) pair rate limit hit", 400, "Too many messages from this number to the same recipient in a short time."},
	131064: {"Messaging limit reduced", 400, "The messaging limit was reduced because templates were misclassified."},
	133016: {"Account register deregister rate limit exceeded", 400, "More than 10 registrations in 72 hours. Try again after 72 hours."},

	// Request and recipient.
	1:      {"API Unknown", 400, ""},
	2:      {"Service temporarily unavailable", 503, ""},
	33:     {"Parameter value is not valid", 400, ""},
	100:    {"Invalid parameter", 400, ""},
	130403: {"User is blocked", 400, "This user is blocked by the business. Unblock the user before sending."},
	130472: {"User's number is part of an experiment", 400, "The message was not sent because this number takes part in an experiment."},
	131000: {"Something went wrong", 500, "The message could not be sent because of an unknown error."},
	131008: {"Required parameter is missing", 400, ""},
	131009: {"Parameter value is not valid", 400, "The message to react to does not exist, was deleted, is too old or is a reaction."},
	131016: {"Service unavailable", 500, "A service is temporarily unavailable."},
	131021: {"Recipient cannot be sender", 400, "Recipient and sender are the same number."},
	131026: {"Message undeliverable", 400, "The message could not be delivered to this recipient."},
	131030: {"Recipient phone number not in allowed list", 400, "Recipient phone number not in allowed list: Add the recipient to the list and try again."},
	131047: {"Re-engagement message", 400, "More than 24 hours have passed since the customer last wrote to this number."},
	131049: {"This message was not delivered to maintain healthy ecosystem engagement", 400, "The recipient reached the limit of marketing messages."},
	131050: {"Unable to deliver the message. This recipient has chosen to stop receiving marketing messages on WhatsApp from your business", 400, "The recipient stopped marketing messages from this business."},
	131051: {"Unsupported message type", 400, ""},
	131052: {"Media download error", 400, "The file sent by the user is larger than 100 MB."},
	131053: {"Media upload error", 400, "The media file could not be fetched or has a type or size that is not accepted."},
	131055: {"Method not allowed", 400, "Only marketing templates can be sent here."},
	131059: {"Invalid paging cursor", 400, "The paging cursor is not valid; start again from the first page."},
	131060: {"Message unavailable", 400, "This message is currently not available."},
	131062: {"User id recipients are not supported for this message", 400, "Authentication templates need a phone number."},
	131063: {"Marketing messages are disabled on Cloud API", 400, "Marketing templates are disabled on this API by a setting of the account."},
	135000: {"Generic user error", 400, "Message failed to send because of an unknown error with your request parameters."},
	137000: {"Recipient identity key hash mismatch", 400, "The identity key of the recipient changed."},

	// Templates.
	132000: {"Number of parameters does not match the expected number of params", 400, ""},
	132001: {"Template name does not exist in the translation", 404, ""},
	132005: {"Translated text too long", 400, "body: the text with its parameters is longer than 1024 characters"},
	132007: {"Template content policy violated", 400, "Template content violates a policy."},
	132008: {"Template parameter value is not valid", 400, ""},
	132012: {"Parameter format does not match format in the created template", 400, ""},
	132015: {"Template is paused", 400, "Template is paused because of low quality and cannot be sent."},
	132016: {"Template is disabled", 400, "Template was paused too many times and is disabled for good."},
	132018: {"There is an issue with the parameters of your template", 400, ""},
	132068: {"Flow is blocked", 400, "The flow is blocked."},
	132069: {"Flow is throttled", 400, "The flow is throttled: 10 messages per hour were used."},
	134100: {"Only marketing messages supported", 400, "The template is not of category MARKETING."},
	134101: {"Template is still syncing", 400, "Try again in 10 minutes."},
	134102: {"Template unavailable", 500, "The template cannot be used here."},

	// Numbers.
	133000: {"Incomplete deregistration", 500, "Deregister the number again before registering it."},
	133004: {"Server temporarily unavailable", 503, "Try again later."},
	133005: {"Two step verification PIN mismatch", 400, "The PIN is not the one set for this number."},
	133006: {"Phone number re-verification needed", 400, "Request a code and verify it before registering."},
	133008: {"Too many two step verification PIN guesses", 400, "Try again in 24 hours."},
	133009: {"Two step verification PIN guessed too fast", 400, "Try again in 1 minute."},
	133010: {"Phone number not registered", 400, "The phone number is not registered with the platform."},
	133015: {"Phone number was recently deleted", 400, "Wait 5 minutes before trying again."},
	136024: {"Request code failed", 400, ""},
	136025: {"Code verification failed", 400, "The code is not the one that was sent."},
	139100: {"Failed to block/unblock some users", 400, "Failed to block some users, see the block_users response list for details"},
	139101: {"Block list limit reached", 400, "The block list has 64,000 users."},
	139102: {"Block list concurrent update", 400, "Another change of the block list is under way. Try again."},
	139103: {"Block list internal error", 400, "Try again."},
}
