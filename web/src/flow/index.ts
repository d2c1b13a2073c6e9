export { useFlows } from './useFlow'
