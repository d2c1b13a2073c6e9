import type { Plugin } from 'vite'

// Two libraries look for a function on the whole of Vue by its name, which keeps all of Vue in the bundle (12 KB gz that
// nobody calls). The Vue pinned here has the one and lacks the other, so the question is answered at build.
const answers = [
  { file: /reka-ui\/dist\/shared\/useId\.js$/, asked: '"useId" in vue', answer: 'true' },
  {
    file: /vue-i18n\/dist\/vue-i18n\.runtime\.mjs$/,
    asked: 'if (key in Vue) {\n        return Vue[key];',
    answer: 'if (false) {',
  },
]

/** shake lets the bundler leave out the parts of Vue that nothing uses; it fails when a library changed its question. */
export function shake(): Plugin {
  return {
    name: 'recado:shake',
    apply: 'build',
    transform(code, id) {
      const found = answers.find(({ file }) => file.test(id))
      if (!found) return null
      if (!code.includes(found.asked)) this.error(`${id} no longer asks ${found.asked}: look at plugins/shake.ts`)
      return { code: code.replace(found.asked, found.answer), map: null }
    },
  }
}
