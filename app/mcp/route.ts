import { answerMcp } from '@/lib/mcp/server'

export { answerMcp as DELETE, answerMcp as GET, answerMcp as POST }
