import vue from 'eslint-plugin-vue'
import accessibility from 'eslint-plugin-vuejs-accessibility'
import { defineConfig } from 'eslint/config'
import ts from 'typescript-eslint'

export default defineConfig(
  { ignores: ['dist', 'src/api/generated'] },
  ts.configs.recommended,
  vue.configs['flat/recommended'],
  accessibility.configs['flat/recommended'],
  {
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.vue'] } },
    rules: {
      // Every word a person reads comes from the word files.
      'vue/no-bare-strings-in-template': [
        'error',
        { allowlist: ['·', '…', '—', '→', '×', '/', '#', '+', '(', ')', ',', ':', '.', '-', '%', 'Ctrl ↵'] },
      ],
      'vue/no-v-html': 'error',
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      // Layout belongs to Prettier.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      // Names in the rooms are nouns; what is alone in its room needs no second word.
      'vue/multi-word-component-names': 'off',
      // Two pages with one start, without a router.
      'vue/one-component-per-file': 'off',
      // Focus moves through the list by the roving tabindex, which the rule cannot see in a binding.
      'vuejs-accessibility/interactive-supports-focus': 'off',
      // A form hears keys and drops of the controls inside it.
      'vuejs-accessibility/no-static-element-interactions': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/attributes-order': 'off',
      // Optional props without a default are undefined, which is what the types say.
      'vue/require-default-prop': 'off',
      // A label that stands before its control by "for" is enough, and one around its control as well.
      'vuejs-accessibility/label-has-for': [
        'error',
        { required: { some: ['nesting', 'id'] }, controlComponents: ['UiInput', 'slot'] },
      ],
      // The controls of the kit carry their own labels.
      'vuejs-accessibility/form-control-has-label': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  {
    files: ['**/*.mjs', '*.js'],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly' } },
  },
)
