export { default as HeaderFields } from './HeaderFields.vue'
export { useEntrances, useFlows } from './useFlow'
export { entrancesOf, nameOfEntrance } from './entrances'
