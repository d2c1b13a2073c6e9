let context: AudioContext | undefined

/** chime plays two short notes. A browser that wants a click first stays silent: what is heard is always seen as well. */
export async function chime(): Promise<void> {
  try {
    context ??= new AudioContext()
    await context.resume()
    const begin = context.currentTime
    for (const [at, pitch] of [
      [0, 660],
      [0.14, 880],
    ] as const) {
      const note = context.createOscillator()
      const loudness = context.createGain()
      note.frequency.value = pitch
      loudness.gain.setValueAtTime(0.0001, begin + at)
      loudness.gain.exponentialRampToValueAtTime(0.12, begin + at + 0.02)
      loudness.gain.exponentialRampToValueAtTime(0.0001, begin + at + 0.22)
      note.connect(loudness).connect(context.destination)
      note.start(begin + at)
      note.stop(begin + at + 0.24)
    }
  } catch {
    // No sound device, or not yet allowed.
  }
}
