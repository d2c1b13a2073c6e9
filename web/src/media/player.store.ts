import { defineStore } from 'pinia'
import { reactive } from 'vue'
import { useSession } from '@/account'

/** Speeds a recording can be heard at. */
export const rates = [1, 1.5, 2]
const remembered = 500

/** The one player of the desk: at most one recording sounds, and it is known which ones this person has heard on this device. */
export const usePlayer = defineStore('player', () => {
  const key = 'recado.heard.' + useSession().user.id
  const audio = new Audio()
  audio.preload = 'metadata'
  const now = reactive({
    /** The recording on the player; empty for none. */
    id: '',
    playing: false,
    /** Seconds. */
    at: 0,
    length: 0,
    rate: 1,
    /** The recording that cannot be played here. */
    broken: '',
  })
  const heard = reactive(new Set<string>(stored()))

  function stored(): string[] {
    try {
      return JSON.parse(localStorage.getItem(key) ?? '[]') as string[]
    } catch {
      return []
    }
  }

  function hear(id: string): void {
    heard.delete(id)
    heard.add(id)
    localStorage.setItem(key, JSON.stringify([...heard].slice(-remembered)))
  }

  audio.ontimeupdate = () => (now.at = audio.currentTime)
  audio.ondurationchange = () => Number.isFinite(audio.duration) && (now.length = audio.duration)
  audio.onpause = () => (now.playing = false)
  audio.onplay = () => (now.playing = true)
  audio.onended = () => {
    now.at = 0
    audio.currentTime = 0
  }
  audio.onerror = () => {
    if (now.id) Object.assign(now, { broken: now.id, playing: false })
  }

  function put(id: string, url: string): void {
    if (now.id === id) return
    Object.assign(now, { id, at: 0, length: 0, broken: '' })
    audio.src = url
  }

  function play(id: string, url: string): void {
    put(id, url)
    audio.playbackRate = now.rate
    hear(id)
    audio.play()?.catch(() => (now.playing = false))
  }

  function toggle(id: string, url: string): void {
    if (now.id === id && now.playing) audio.pause()
    else play(id, url)
  }

  /** seek goes to a place, in seconds, and stays silent when it was. */
  function seek(id: string, url: string, to: number): void {
    put(id, url)
    audio.currentTime = to
    now.at = to
  }

  /** faster goes round the speeds. */
  function faster(): void {
    now.rate = rates[(rates.indexOf(now.rate) + 1) % rates.length]!
    audio.playbackRate = now.rate
  }

  /** leave stops what is no longer on the screen. */
  function leave(id: string): void {
    if (now.id !== id) return
    audio.pause()
    audio.removeAttribute('src')
    Object.assign(now, { id: '', playing: false, at: 0, length: 0 })
  }

  return { now, heard, play, toggle, seek, faster, leave }
})
