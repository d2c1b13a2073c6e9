export { default as HeaderFields } from './HeaderFields.vue'
export { default as WaitFields } from './WaitFields.vue'
export { useEntrances, useFlows } from './useFlow'
export { entrancesOf, nameOfEntrance } from './entrances'
