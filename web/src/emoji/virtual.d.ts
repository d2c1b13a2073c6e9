/** The address of the emojis of a language (plugins/emojis.ts). */
declare module 'virtual:emojis/*' {
  const address: string
  export default address
}
