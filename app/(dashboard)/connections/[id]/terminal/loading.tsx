export { TerminalSkeleton as default } from '@/components/page-skeletons'
