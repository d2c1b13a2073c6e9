import { onBeforeUnmount, onMounted, ref, shallowRef, type Ref } from 'vue'

export interface Wave {
  /** From 0 to 1, evenly over the recording. */
  peaks: number[]
  /** Seconds. */
  length: number
}

export const bars = 48
/** Larger recordings are not fetched for their picture alone. */
const most = 1024 * 1024
const known = new Map<string, Wave>()

/** peaksOf gives the loudest of each of n equal parts, the loudest of all being 1. */
export function peaksOf(samples: ArrayLike<number>, n = bars): number[] {
  const step = Math.max(1, samples.length / n)
  const peaks = Array.from({ length: n }, (_, at) => {
    let peak = 0
    for (let i = Math.floor(at * step); i < Math.min(samples.length, (at + 1) * step); i++)
      peak = Math.max(peak, Math.abs(samples[i]!))
    return peak
  })
  const top = Math.max(...peaks, 0.01)
  return peaks.map((peak) => peak / top)
}

/** decode fetches a recording and draws its wave. The low rate keeps five minutes small in memory. */
async function decode(url: string): Promise<Wave> {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error('no recording')
  const sound = await new OfflineAudioContext(1, 1, 8000).decodeAudioData(await answer.arrayBuffer())
  return { peaks: peaksOf(sound.getChannelData(0)), length: sound.duration }
}

/** useWave draws the wave of a recording once it comes into view; until then, and where it cannot be read, it is undefined. */
export function useWave(element: Ref<HTMLElement | null>, id: () => string, url: () => string, size: () => number) {
  const wave = shallowRef(known.get(id()))
  const failed = ref(false)
  let watcher: IntersectionObserver | undefined

  async function draw(): Promise<void> {
    try {
      wave.value = await decode(url())
      known.set(id(), wave.value)
    } catch {
      failed.value = true
    }
  }

  onMounted(() => {
    if (wave.value || size() > most || !('OfflineAudioContext' in globalThis) || !element.value) return
    watcher = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return
      watcher?.disconnect()
      void draw()
    })
    watcher.observe(element.value)
  })
  onBeforeUnmount(() => watcher?.disconnect())
  return { wave, failed }
}
