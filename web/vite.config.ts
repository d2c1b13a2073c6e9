import { fileURLToPath } from 'node:url'
import vueI18n from '@intlify/unplugin-vue-i18n/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { codeSplitting } from './plugins/chunks.ts'
import { compress } from './plugins/compress.ts'
import { emojis } from './plugins/emojis.ts'
import { shake } from './plugins/shake.ts'

const server = process.env.RECADO_DEV_SERVER ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [
    vue(),
    // Messages become functions at build, so that no message compiler travels to the browser.
    vueI18n({
      include: fileURLToPath(new URL('src/i18n/*/*.json', import.meta.url)),
      runtimeOnly: true,
      compositionOnly: true,
      dropMessageCompiler: true,
      strictMessage: true,
      fullInstall: false,
    }),
    shake(),
    emojis(),
    compress(),
  ],
  define: { __VUE_OPTIONS_API__: 'false', __INTLIFY_PROD_DEVTOOLS__: 'false' },
  resolve: { alias: { '@': fileURLToPath(new URL('src', import.meta.url)) } },
  // dist/index.html is the committed placeholder, so the application is built beside it, never over it.
  build: {
    outDir: 'dist/app',
    emptyOutDir: true,
    manifest: true,
    target: ['chrome111', 'firefox114', 'safari16.4'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting } },
  },
  server: { proxy: { '/api': { target: server, ws: true }, '/hooks': server } },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts', 'plugins/**/*.test.ts'],
    setupFiles: ['src/testing/setup.ts'],
    restoreMocks: true,
  },
})
