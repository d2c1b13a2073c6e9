export { useSurveys } from './useSurvey'
