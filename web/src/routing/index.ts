export { default as AssignPicker } from './AssignPicker.vue'
export { useAgents, useQueueName, useQueues } from './lookups'
export { byPresence, presenceOf, type Presence } from './presence'
export { default as PresenceMark } from './PresenceMark.vue'
