export { fieldsOf, piecesOf, problemOf, renderedOf, type Field, type Piece } from './fill'
export { active, useTemplates } from './lookups'
export { default as PhonePreview } from './PhonePreview.vue'
export { default as TemplateCard } from './TemplateCard.vue'
