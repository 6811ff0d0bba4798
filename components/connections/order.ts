/** `items` with the one at `from` moved to `to`. Does not change its input. */
export function moved<T>(items: readonly T[], from: number, to: number): T[] {
  const rest = items.filter((_, i) => i !== from)
  const item = items[from]
  if (item !== undefined) rest.splice(Math.max(0, Math.min(rest.length, to)), 0, item)
  return rest
}

/** Items in the order of `ids`; those it does not name follow as they are. */
export function ordered<T extends { id: string }>(
  items: readonly T[],
  ids: readonly string[],
): T[] {
  const place = new Map(ids.map((id, i) => [id, i]))
  const of = ({ id }: T) => place.get(id) ?? ids.length
  return items.toSorted((a, b) => of(a) - of(b))
}

export type Box = { top: number; height: number }

/**
 * Where the line at `from` would be dropped when it was dragged by `by` pixels: past every other
 * whose middle its own leading edge has passed.
 */
export function dropPlace(boxes: readonly Box[], from: number, by: number): number {
  const dragged = boxes[from]
  if (!dragged) return from
  const top = dragged.top + by
  const bottom = top + dragged.height
  let place = from
  while (place + 1 < boxes.length && bottom > middle(boxes[place + 1])) place += 1
  while (place > 0 && top < middle(boxes[place - 1])) place -= 1
  return place
}

const middle = (box: Box | undefined) => (box ? box.top + box.height / 2 : Number.NaN)
