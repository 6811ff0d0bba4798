/** A metric's value in about four digits: 0.0003, 0.3421, 12.35, 1.2e-7, 48,210. */
export function figure(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (size < 1e-4 || size >= 1e9) return value.toExponential(2).replace('e+', 'e')
  return value.toLocaleString('en', { maximumSignificantDigits: size >= 1000 ? 6 : 4 })
}
