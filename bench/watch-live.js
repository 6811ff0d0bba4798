/**
 * Runs in each page before its own scripts, as it is: a compiled file would bring names that the
 * page does not have. Notes when the page can be used, and when live events come and are drawn.
 */
;(() => {
  const notes = { interactiveAt: null, drawnAt: {}, delays: [] }
  const seen = new Set()
  window.bench = notes

  /** After the next frame but one has begun, the one before it is on the screen. */
  const whenDrawn = (callback) => requestAnimationFrame(() => requestAnimationFrame(callback))

  window.WebSocket = class extends window.WebSocket {
    constructor(url, protocols) {
      super(url, protocols)
      // Opened from an effect, so React has taken over the page.
      notes.interactiveAt ??= performance.now()
      this.addEventListener('message', ({ data }) => {
        const event = JSON.parse(data)
        const recordedAt = Date.parse(event.metrics?.recorded_at)
        const arrived = Date.now() - recordedAt
        whenDrawn(() => {
          notes.drawnAt[event.type] ??= performance.now()
          if (event.type !== 'metrics') return
          // The first of a machine is the newest sample there was, which is not new.
          if (seen.has(event.connection_id)) {
            notes.delays.push({ arrived, drawn: Date.now() - recordedAt })
          }
          seen.add(event.connection_id)
        })
      })
    }
  }
})()
