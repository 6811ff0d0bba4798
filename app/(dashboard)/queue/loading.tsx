export { QueueSkeleton as default } from '@/components/page-skeletons'
