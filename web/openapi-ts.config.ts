import { defineConfig } from '@hey-api/openapi-ts'

// The types of the API, from the document the server writes (make api-types).
export default defineConfig({
  input: '../docs/openapi.json',
  output: { path: 'src/api/generated', clean: true },
  plugins: ['@hey-api/typescript'],
})
