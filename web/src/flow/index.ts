export { useEntrances, useFlows } from './useFlow'
export { entrancesOf, nameOfEntrance } from './entrances'
