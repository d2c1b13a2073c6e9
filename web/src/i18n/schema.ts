import type absence from './es/absence.json'
import type account from './es/account.json'
import type activation from './es/activation.json'
import type active from './es/active.json'
import type app from './es/app.json'
import type attention from './es/attention.json'
import type campaign from './es/campaign.json'
import type chatbot from './es/chatbot.json'
import type command from './es/command.json'
import type contact from './es/contact.json'
import type contactImport from './es/contactImport.json'
import type conversation from './es/conversation.json'
import type desk from './es/desk.json'
import type dryRun from './es/dryRun.json'
import type emoji from './es/emoji.json'
import type fleet from './es/fleet.json'
import type entrance from './es/entrance.json'
import type flow from './es/flow.json'
import type hours from './es/hours.json'
import type list from './es/list.json'
import type history from './es/history.json'
import type offHours from './es/offHours.json'
import type people from './es/people.json'
import type notice from './es/notice.json'
import type prices from './es/prices.json'
import type push from './es/push.json'
import type quickReply from './es/quickReply.json'
import type routing from './es/routing.json'
import type sending from './es/sending.json'
import type survey from './es/survey.json'
import type template from './es/template.json'
import type templateEdit from './es/templateEdit.json'
import type templateGuide from './es/templateGuide.json'
import type schedule from './es/schedule.json'
import type thread from './es/thread.json'
import type ticket from './es/ticket.json'
import type ui from './es/ui.json'
import type voice from './es/voice.json'
import type window from './es/window.json'
import type workflow from './es/workflow.json'

/** The words by room. The Spanish files say which keys exist; a test compares the other languages with them. */
export interface Messages {
  absence: typeof absence
  account: typeof account
  activation: typeof activation
  active: typeof active
  app: typeof app
  attention: typeof attention
  campaign: typeof campaign
  chatbot: typeof chatbot
  command: typeof command
  contact: typeof contact
  contactImport: typeof contactImport
  conversation: typeof conversation
  desk: typeof desk
  dryRun: typeof dryRun
  emoji: typeof emoji
  fleet: typeof fleet
  entrance: typeof entrance
  flow: typeof flow
  hours: typeof hours
  list: typeof list
  history: typeof history
  offHours: typeof offHours
  people: typeof people
  notice: typeof notice
  prices: typeof prices
  push: typeof push
  quickReply: typeof quickReply
  routing: typeof routing
  sending: typeof sending
  survey: typeof survey
  template: typeof template
  templateEdit: typeof templateEdit
  templateGuide: typeof templateGuide
  schedule: typeof schedule
  thread: typeof thread
  ticket: typeof ticket
  ui: typeof ui
  voice: typeof voice
  window: typeof window
  workflow: typeof workflow
}
