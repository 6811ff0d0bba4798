import { guideAnswer } from '@/lib/api/guide'
import { handler, route } from '@/lib/api/handler'

export const { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS } = route({
  GET: handler(
    {
      id: 'getGuide',
      summary: 'A guide for agents',
      description: 'What there is, a training run in curl, and what to do at each error.',
      files: { 'text/markdown': '# DGX Command Center for agents\n' },
    },
    guideAnswer,
  ),
})
