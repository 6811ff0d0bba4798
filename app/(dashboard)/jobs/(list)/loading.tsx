export { JobsSkeleton as default } from '@/components/page-skeletons'
