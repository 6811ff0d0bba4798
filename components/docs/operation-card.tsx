import type { JsonSchema } from '@/lib/api/json-schema'
import type {
  OpenApi,
  OperationObject,
  Parameter,
  ResponseObject,
} from '@/lib/api/openapi-document'
import { Card } from '../ui/card'
import { CopyButton } from '../ui/copy-button'
import { curlOf } from './curl'
import { FieldTable } from './field-table'
import { type Field, fieldsOf, typeOf } from './fields'
import { Method } from './method'
import { inline, Prose } from './prose'

/** One operation: how it is called, what it takes, what it answers. */
export function OperationCard({
  origin,
  method,
  path,
  operation,
  components,
}: {
  origin: string
  method: string
  path: string
  operation: OperationObject
  components: OpenApi['components']
}) {
  const curl = curlOf({ origin, method, path, operation })
  const { schemas } = components
  const body = operation.requestBody?.content['application/json']
  const parameters = parametersOf(operation, schemas)
  const [[status, answer] = []] = Object.entries(operation.responses) as [string, ResponseObject][]
  const json = answer?.content?.['application/json']
  return (
    <section id={operation.operationId} className="scroll-mt-16">
      <Card
        title={operation.summary}
        actions={<CopyButton text={curl} label="Copy as curl" words />}
      >
        <div className="flex flex-col gap-4">
          <p className="flex flex-wrap items-center gap-2">
            <Method method={method} />
            <code className="min-w-0 break-all font-mono">{path}</code>
            <span className="text-soft text-xs">{scopeText(operation)}</span>
          </p>
          {operation.description && <Prose text={operation.description} />}
          <Code label="Example call" text={curl} />
          {parameters.length > 0 && (
            <FieldTable caption={`Parameters of ${operation.operationId}`} fields={parameters} />
          )}
          {body && (
            <Fields title="Body" of={operation} schema={body.schema} schemas={schemas} isOpen />
          )}
          {json && (
            <>
              <Code label={`Answer ${status}`} text={JSON.stringify(json.example, null, 2)} />
              <Fields
                title="Fields of the answer"
                of={operation}
                schema={json.schema}
                schemas={schemas}
              />
            </>
          )}
          <OtherTypes answer={answer} schemas={schemas} />
          <Failures operation={operation} components={components} />
        </div>
      </Card>
    </section>
  )
}

function scopeText({ security = [] }: OperationObject): string {
  const [scope] = security.flatMap((each) => Object.values(each).flat())
  return scope ? `scope ${scope}` : 'no key needed'
}

function parametersOf({ parameters = [] }: OperationObject, schemas: Schemas): Field[] {
  return parameters
    .filter((parameter): parameter is Parameter => 'name' in parameter)
    .map(({ name, schema, required, description = '' }) => ({
      path: name,
      type: typeOf(schema, schemas),
      isRequired: required === true,
      description,
    }))
}

type Schemas = Record<string, JsonSchema>

function Fields({
  title,
  of: { operationId },
  schema,
  schemas,
  isOpen = false,
}: {
  title: string
  of: OperationObject
  schema: JsonSchema
  schemas: Schemas
  isOpen?: boolean
}) {
  const fields = fieldsOf(schema, schemas)
  if (fields.length === 0) return null
  return (
    <details open={isOpen}>
      <summary className="cursor-pointer font-medium">
        {title} <span className="text-soft">({fields.length})</span>
      </summary>
      <FieldTable caption={`${title}: ${operationId}`} fields={fields} />
    </details>
  )
}

/** What else the answer can be asked for as. */
function OtherTypes({ answer, schemas }: { answer: ResponseObject | undefined; schemas: Schemas }) {
  const others = Object.entries(answer?.content ?? {}).filter(
    ([type]) => type !== 'application/json',
  )
  if (others.length === 0) return null
  return (
    <p className="text-soft">
      Also as{' '}
      {others.map(([type, { schema }], i) => (
        <span key={type}>
          {i > 0 && ', '}
          <code className="font-mono text-xs">{type}</code>
          {schema.type !== 'string' && ` (${typeOf(schema, schemas)})`}
        </span>
      ))}
      .
    </p>
  )
}

function Failures({
  operation,
  components,
}: {
  operation: OperationObject
  components: OpenApi['components']
}) {
  const failures = Object.entries(operation.responses)
    .slice(1)
    .map(([status, response]) => {
      const found =
        '$ref' in response ? components.responses[response.$ref.split('/').at(-1) ?? ''] : response
      return { status, lines: found?.description.split('\n\n') ?? [] }
    })
  return (
    <details>
      <summary className="cursor-pointer font-medium">
        Failures{' '}
        <span className="text-soft">({failures.map(({ status }) => status).join(', ')})</span>
      </summary>
      <ul className="mt-2 flex flex-col gap-1">
        {failures.flatMap(({ status, lines }) =>
          lines.map((line) => (
            <li key={line}>
              <span className="text-soft tabular-nums">{status}</span> {inline(line)}
            </li>
          )),
        )}
      </ul>
    </details>
  )
}

function Code({ label, text }: { label: string; text: string }) {
  return (
    <figure className="min-w-0">
      <figcaption className="mb-1 text-soft text-xs">{label}</figcaption>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
        className="max-h-80 overflow-auto rounded-md bg-sunken p-3 font-mono text-xs"
      >
        {text}
      </pre>
    </figure>
  )
}
