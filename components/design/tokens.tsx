import { Section, Shown } from './section'

const SURFACES = ['surface', 'raised', 'sunken', 'track', 'line', 'line-strong']
const TEXTS = ['ink', 'ink-soft', 'accent', 'good', 'warn', 'bad', 'info']
const SERIES = [1, 2, 3, 4, 5, 6, 7, 8]
const SIZES = ['text-2xl', 'text-xl', 'text-lg', 'text-base', 'text-sm', 'text-xs', 'text-2xs']
const RADII = ['rounded-sm', 'rounded-md', 'rounded-lg', 'rounded-xl']
const SHADOWS = ['shadow-sm', 'shadow-md', 'shadow-lg']

/** Colours, type, radii and shadows. */
export function Tokens() {
  return (
    <Section title="Tokens">
      <Shown name="surfaces">
        {SURFACES.map((name) => (
          <Swatch key={name} name={name} />
        ))}
      </Shown>
      {['surface', 'raised', 'sunken'].map((ground) => (
        <Shown key={ground} name={`text on ${ground}`}>
          <p
            className="flex flex-wrap gap-x-4 rounded-md border border-line px-3 py-2 font-medium"
            style={{ background: `var(--${ground})` }}
          >
            {TEXTS.map((name) => (
              <span key={name} style={{ color: `var(--${name})` }}>
                {name}
              </span>
            ))}
          </p>
        </Shown>
      ))}
      <Shown name="series">
        <svg
          viewBox="0 0 400 90"
          role="img"
          aria-label="The eight colours of a chart's lines"
          className="w-full max-w-xl rounded-md border border-line bg-raised"
        >
          {SERIES.map((number) => (
            <path
              key={number}
              d={`M10 ${number * 10}C120 ${number * 10 - 22} 260 ${number * 10 + 22} 390 ${number * 10}`}
              fill="none"
              stroke={`var(--series-${number})`}
              strokeWidth={2}
            />
          ))}
        </svg>
        {SERIES.map((number) => (
          <Swatch key={number} name={`series-${number}`} />
        ))}
      </Shown>
      <Shown name="type">
        <div className="flex flex-col gap-1">
          {SIZES.map((size) => (
            <p key={size} className={size}>
              Eight GPUs, one glance <span className="font-mono text-soft">{size} 0123456789</span>
            </p>
          ))}
        </div>
      </Shown>
      <Shown name="radius, shadow">
        {[...RADII, ...SHADOWS].map((name) => (
          <span
            key={name}
            className={`border border-line bg-raised px-3 py-2 font-mono text-xs ${name} ${name.startsWith('shadow') ? 'rounded-md' : ''}`}
          >
            {name}
          </span>
        ))}
      </Shown>
    </Section>
  )
}

function Swatch({ name }: { name: string }) {
  return (
    <span className="flex items-center gap-1.5 font-mono text-xs">
      <span
        aria-hidden="true"
        className="size-6 rounded-sm border border-line"
        style={{ background: `var(--${name})` }}
      />
      {name}
    </span>
  )
}
