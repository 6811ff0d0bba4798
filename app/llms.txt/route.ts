const INDEX = `# DGX Command Center

> Machines, GPUs and training jobs of NVIDIA machines, over HTTP on this computer.

- [Guide](/api/dgx/guide.md): a training run in curl, all words, errors and limits; read it first
- [OpenAPI](/api/dgx/openapi.json): every operation and field
- [Reference](/docs): the same as pages
`

/** See llmstxt.org. */
export const GET = () =>
  new Response(INDEX, { headers: { 'content-type': 'text/plain; charset=utf-8' } })
